import { planFileSet } from "../file-set";
import { isAllowedPath } from "../model-storage/local-source";
import type { Model } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { classifySource } from "../source";
import { failed, type Verdict } from "./verdict";

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

/** What is wrong with a source that names a place in a claim or a bucket. */
export function findSourceFault({ spec }: Model): Verdict | null {
  const source = classifySource(spec.source);
  if (source.kind !== "invalid") return null;
  const wanted = source.scheme === "pvc" ? "pvc://<claim>/<path>" : "s3://<bucket>/<key>";
  return failed("InvalidSource", `"${spec.source}" is not of the form ${wanted}`);
}
