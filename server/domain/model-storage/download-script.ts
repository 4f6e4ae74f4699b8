import type { Transport } from "./download-functions";
import { functions, PLAIN_IN_PATH, PLAIN_IN_URL, trust } from "./download-functions";
import { script } from "./shell";

/** Where the node's file is mounted in the downloader of a local source. */
export const HOST_FILE = "/host-model/model.gguf";

export type SingleFile = {
  readonly transport: Transport;
  /** The weights survive the pod: make the key directory, clear half-written files. */
  readonly cached: boolean;
  readonly revalidate: boolean;
  readonly customCa: boolean;
};

const ENDPOINT = `endpoint=\${AWS_ENDPOINT_URL:-https://s3.amazonaws.com}
endpoint=\${endpoint%/}`;

const URL_OF: Readonly<Record<Transport, string>> = {
  http: `url=$(encode "$MODEL_SOURCE" ${PLAIN_IN_URL})`,
  s3: `${ENDPOINT}\nurl="$endpoint/$S3_BUCKET/$(encode "$S3_KEY" ${PLAIN_IN_PATH.s3})"`,
  local: `url=${HOST_FILE}`,
};

/** Fetches `MODEL_SOURCE` to `MODEL_PATH` unless it is there. Exit code 0 means that the file is there in full. */
export function singleFileScript({ transport, cached, revalidate, customCa }: SingleFile): string {
  const check = revalidate && transport === "http";
  return script(
    ...trust(customCa),
    functions(transport, cached),
    ...(cached
      ? [`mkdir -p "$CACHE_DIR"`, `clear_partials "$CACHE_DIR" "$MODEL_PATH" || true`]
      : []),
    `label=$(basename "$MODEL_PATH")`,
    URL_OF[transport],
    check ? REVALIDATE : fetchWhenMissing(cached),
  );
}

function fetchWhenMissing(cached: boolean): string {
  return `if [ -f "$MODEL_PATH" ]; then
  say "Model already ${cached ? "cached" : "exists"}, skipping download"
else
  say "Downloading model..."
  into "$label" "$url" "$MODEL_PATH" "$(total_of "$url")"
  say "Model downloaded successfully"
fi`;
}

const REVALIDATE = `say "Revalidating model against upstream (RefreshPolicy=OnChange)..."
total=$(total_of "$url")
if [ -f "$MODEL_PATH" ] && [ "$total" = "$(size_of "$MODEL_PATH")" ]; then
  say "Model revalidated (unchanged, skipped download)"
elif into "$label" "$url" "$MODEL_PATH" "$total"; then
  say "Model revalidated (downloaded)"
elif [ -f "$MODEL_PATH" ]; then
  say "Revalidation unreachable; kept cached copy"
else
  say "ERROR: the model could not be downloaded and no earlier copy is cached" >&2
  exit 1
fi`;

export type FileList = {
  readonly transport: Exclude<Transport, "local">;
  readonly revalidate: boolean;
  readonly customCa: boolean;
};

const BASE_OF: Readonly<Record<FileList["transport"], string>> = {
  http: `base=$(encode "\${MODEL_SOURCE%/}" ${PLAIN_IN_URL})`,
  s3: `${ENDPOINT}
base="$endpoint/$S3_BUCKET"
prefix=\${S3_PREFIX:-}
prefix=\${prefix%/}
if [ -n "$prefix" ]; then base="$base/$(encode "$prefix" ${PLAIN_IN_PATH.s3})"; fi`,
};

/** Sets `total` on the way, so that the server is asked once. */
const NEEDED = `needed() { [ ! -f "$2" ] && total=$(total_of "$1"); }`;
const NEEDED_WHEN_CHANGED = `needed() {
  total=$(total_of "$1")
  [ ! -f "$2" ] || [ "$total" != "$(size_of "$2")" ]
}`;

/** Fetches each line of `MODEL_FILES` below `CACHE_DIR`; the first that fails ends it with exit code 1. */
export function fileListScript({ transport, revalidate, customCa }: FileList): string {
  return script(
    ...trust(customCa),
    functions(transport, true),
    revalidate ? NEEDED_WHEN_CHANGED : NEEDED,
    `mkdir -p "$CACHE_DIR"`,
    `clear_partials "$CACHE_DIR" || true`,
    BASE_OF[transport],
    // A list read from a here-document keeps the loop in this shell, so that exit ends the container.
    `while IFS= read -r rel; do
  [ -n "$rel" ] || continue
  case "/$rel/" in */../*) say "ERROR: $rel is outside of the model's directory" >&2; exit 1 ;; esac
  file="$CACHE_DIR/$rel"
  url="$base/$(encode "$rel" ${PLAIN_IN_PATH[transport]})"
  mkdir -p "$(dirname "$file")"
  if needed "$url" "$file"; then
    say "Downloading model artifact $rel..."
    if ! into "$rel" "$url" "$file" "$total"; then
      ${revalidate ? KEEP : ":"}
      say "ERROR: failed to download $rel" >&2
      exit 1
    fi
  else
    say "Model artifact $rel already cached, skipping download"
  fi
done <<END_OF_FILES
$MODEL_FILES
END_OF_FILES`,
    `say "Model downloaded successfully"`,
  );
}

const KEEP = `if [ -f "$file" ]; then say "Revalidation unreachable; kept cached copy of $rel"; continue; fi`;
