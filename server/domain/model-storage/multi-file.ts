import type { FileSet } from "../file-set";
import { classifySource, resolvedSource } from "../source";
import { fileListScript } from "./download-script";
import type { StorageInput } from "./downloader-container";
import { envVar } from "./downloader-container";
import type { EnvVar } from "./model-storage";
import { s3Env } from "./transport";

/** Script and environment of a downloader that fetches each file below `directory`. */
export function multiFileParts(
  { model, settings }: StorageInput,
  { files }: Extract<FileSet, { kind: "multi" }>,
  directory: string,
): { readonly command: string; readonly env: readonly EnvVar[] } {
  const source = classifySource(model.spec.source);
  return {
    command: fileListScript({
      transport: source.kind === "s3" ? "s3" : "http",
      revalidate: model.spec.refreshPolicy === "OnChange",
      customCa: settings.caCertConfigMap !== "",
    }),
    env: [
      envVar("MODEL_SOURCE", resolvedSource(model.spec.source)),
      envVar("CACHE_DIR", directory),
      envVar("MODEL_FILES", files.join("\n")),
      ...s3Env(source, "S3_PREFIX"),
    ],
  };
}
