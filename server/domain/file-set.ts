import { isMultiFile } from "./cache-key";
import type { Model } from "./objects";
import { classifySource, isS3, type HubRepository } from "./source";

/** What a Model stages: one file, a list of files, or a list that cannot be staged. */
export type FileSet =
  | { readonly kind: "single" }
  | {
      readonly kind: "multi";
      /** Repository-relative, the primary first, the projector last, none twice. */
      readonly files: readonly string[];
      readonly primary: string;
      readonly mmproj: string | null;
    }
  | {
      readonly kind: "invalid";
      /** `source`: nothing can be listed of it, whatever the list. */
      readonly field: "source" | "files";
      readonly message: string;
    };

/** Whether `files` and `mmproj` of a Model can be staged, and in which order. Every file must be named; patterns are refused. */
export function planFileSet(model: Model): FileSet {
  if (!isMultiFile(model)) return { kind: "single" };
  const { source, files = [] } = model.spec;
  const mmproj = model.spec.mmproj ?? "";
  const noSource = sourceFault(source);
  if (noSource !== null) return { kind: "invalid", field: "source", message: noSource };
  const fault = noPrimary(files, mmproj) ?? firstFault(files, mmproj);
  if (fault !== null) return { kind: "invalid", field: "files", message: fault };
  const all = [...new Set(mmproj === "" ? files : [...files, mmproj])];
  return {
    kind: "multi",
    files: all,
    primary: all[0] ?? "",
    mmproj: mmproj === "" ? null : mmproj,
  };
}

function sourceFault(source: string): string | null {
  const classified = classifySource(source);
  if (classified.kind === "repository") return revisionFault(source, classified);
  if (isS3(source)) return null;
  return `"${source}" names no repository or bucket, so spec.files cannot be fetched from it`;
}

function revisionFault(source: string, { repository, revision }: HubRepository): string | null {
  if (repository !== "" && revision !== "") return null;
  return `"${source}" has an @ without a repository before it or a revision behind it`;
}

function noPrimary(files: readonly string[], mmproj: string): string | null {
  if (mmproj === "" || files.length > 0) return null;
  return "spec.mmproj needs spec.files with the model's primary file as well";
}

function firstFault(files: readonly string[], mmproj: string): string | null {
  for (const [position, file] of files.entries()) {
    const fault = pathFault(file);
    if (fault !== null) return `spec.files[${position}]: ${fault}`;
  }
  const fault = mmproj === "" ? null : pathFault(mmproj);
  return fault === null ? null : `spec.mmproj: ${fault}`;
}

function pathFault(file: string): string | null {
  // the downloader gets one name a line: a second line would be a name that nobody checked
  if (/\p{Cc}/u.test(file)) return `${JSON.stringify(file)} holds a control character`;
  if (file === "" || file.startsWith("/") || file.includes("..")) {
    return `"${file}" is not a path inside the repository`;
  }
  if (isPattern(file)) return `"${file}" is a glob pattern; name each file`;
  return null;
}

function isPattern(file: string): boolean {
  return /[*?[]/.test(file);
}
