import { computeCacheKey } from "../cache-key";
import { planFileSet } from "../file-set";
import { isAllowedPath } from "../model-storage/local-source";
import type { Model } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { classifySource, isUnruled } from "../source";
import { degraded, failed, progressing, type Subject, type Verdict } from "./verdict";

/** What is wrong whatever was found before: also a Model that is Ready fails for it. */
export function findGateFault(model: Model, settings: OperatorSettings): Verdict | null {
  const source = classifySource(model.spec.source);
  if (source.kind === "local" && !isAllowedPath(source.path, settings.allowedHostPathRoots)) {
    return failed(
      "SourceNotAllowed",
      `"${model.spec.source}" is a path on the node and in no folder that --allowed-host-path-roots names`,
    );
  }
  const files = planFileSet(model);
  if (files.kind !== "invalid" || files.field !== "source") return null;
  return failed("InvalidFileSet", files.message);
}

/** What is wrong with the list of files itself. */
export function findFileFault(model: Model): Verdict | null {
  const files = planFileSet(model);
  return files.kind === "invalid" ? failed("InvalidFileSet", files.message) : null;
}

/** What is wrong with a source that names a place in a claim or a bucket, or nothing that can be fetched. */
export function findSourceFault({ model, improvements }: Subject): Verdict | null {
  const { source } = model.spec;
  const classified = classifySource(source);
  if (classified.kind === "invalid") {
    const wanted = classified.scheme === "pvc" ? "pvc://<claim>/<path>" : "s3://<bucket>/<key>";
    return failed("InvalidSource", `"${source}" is not of the form ${wanted}`);
  }
  if (!isUnruled(source)) return null;
  const podsFetch = improvements.has("PodsFetch");
  return podsFetch && classified.kind === "file" ? null : notDownloaded(source, podsFetch);
}

/** This operator downloads nothing; LLMKube's tries, says so, and fails where it cannot. */
function notDownloaded(source: string, podsFetch: boolean): Verdict {
  const message = `"${source}" is no repository, no file's URL, no object, no claim and no path; the operator itself downloads nothing`;
  const begun = podsFetch ? [] : [progressing("DownloadStarted", "The source has to be fetched")];
  return {
    phase: "Failed",
    conditions: [...begun, degraded("DownloadFailed", message)],
    fields: { cacheKey: computeCacheKey(source) },
  };
}
