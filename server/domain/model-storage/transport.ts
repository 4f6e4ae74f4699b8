import type { ModelSource } from "../source";
import type { Transport } from "./download-functions";
import { envVar } from "./downloader-container";
import type { EnvVar } from "./model-storage";

/** How the downloader gets at the source. */
export function transportOf(source: ModelSource): Transport {
  if (source.kind === "s3") return "s3";
  return source.kind === "local" ? "local" : "http";
}

/** Bucket and key for the downloader of an `s3://` source, under the given name for the key; none for others. */
export function s3Env(source: ModelSource, keyName: "S3_KEY" | "S3_PREFIX"): readonly EnvVar[] {
  if (source.kind !== "s3") return [];
  return [envVar("S3_BUCKET", source.bucket), envVar(keyName, source.key)];
}
