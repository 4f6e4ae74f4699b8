import { script } from "./shell";

/** How the file comes to the pod. */
export type Transport = "http" | "s3" | "local";

export const HOST_FILE = "/host-model/model.gguf";
export const CUSTOM_CERTS_DIR = "/custom-certs";
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
  "/cacert.pem",
];

/**
 * Shell functions that every script uses. `total_of` asks the server for the size, "unknown" when it does not say. `report` prints
 * one progress line, `watch_file` repeats it every 2 s while the transfer runs. `into` downloads to `<file>.tmp`, then renames.
 */
const PROGRESS = `now() { date +%s; }
size_of() { if [ -f "$1" ]; then ls -ln "$1" | awk 'NR == 1 { print $5 }'; else echo 0; fi; }
report() { echo "progress file=$1 received=$2 total=$3 rate=$4"; }
watch_file() {
  seen=0
  while :; do
    sleep 2
    size=$(size_of "$2")
    report "$1" "$size" "$3" "$(( size > seen ? (size - seen) / 2 : 0 ))"
    seen=$size
  done
}`;

const INTO = `into() {
  label=$1
  url=$2
  file=$3
  tmp="$file.tmp"
  total=$(total_of "$url")
  started=$(now)
  report "$label" 0 "$total" 0
  watch_file "$label" "$tmp" "$total" &
  watcher=$!
  code=0
  transfer "$url" "$tmp" || code=$?
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  size=$(size_of "$tmp")
  took=$(( $(now) - started ))
  report "$label" "$size" "$total" "$(( took > 0 ? size / took : size ))"
  if [ "$code" -ne 0 ]; then return "$code"; fi
  mv "$tmp" "$file"
}`;

const CURL: Readonly<Record<Exclude<Transport, "local">, string>> = {
  http: `fetch() { curl -f -L -sS "$@"; }`,
  s3: `fetch() { curl -f -L -sS --aws-sigv4 "aws:amz:\${AWS_REGION:-us-east-1}:s3" --user "\${AWS_ACCESS_KEY_ID:-}:\${AWS_SECRET_ACCESS_KEY:-}" "$@"; }`,
};

const LENGTH = `length_of() {
  fetch -I "$1" 2>/dev/null | tr -d '\\r' | awk '/^HTTP\\// { n = "" } tolower($1) == "content-length:" { n = $2 } END { print n }'
}
total_of() {
  n=$(length_of "$1" || true)
  case "$n" in "" | 0 | *[!0-9]*) echo unknown ;; *) echo "$n" ;; esac
}
transfer() { fetch -o "$2" "$1"; }`;

const COPY = `total_of() { size_of "$1"; }
transfer() { cp "$1" "$2"; }`;

function functions(transport: Transport): string {
  const fetching = transport === "local" ? COPY : `${CURL[transport]}\n${LENGTH}`;
  return [PROGRESS, fetching, INTO].join("\n");
}

/** Adds the given certificates to the system's own, so that public hosts stay trusted. */
function trust(custom: boolean): readonly string[] {
  if (!custom) return [];
  return [
    `bundle=$(mktemp)`,
    `for certs in ${SYSTEM_BUNDLES.join(" ")} ${CUSTOM_CERTS_DIR}/*; do`,
    `  if [ -f "$certs" ]; then cat "$certs" >> "$bundle"; echo >> "$bundle"; fi`,
    `done`,
    `export CURL_CA_BUNDLE="$bundle"`,
  ];
}

export type SingleFile = {
  readonly transport: Transport;
  /** The weights survive the pod: make the key directory, clear half-written files. */
  readonly cached: boolean;
  readonly revalidate: boolean;
  readonly customCa: boolean;
};

const URL_OF: Readonly<Record<Transport, string>> = {
  http: `"$MODEL_SOURCE"`,
  s3: `"\${AWS_ENDPOINT_URL:-https://s3.amazonaws.com}/\${S3_BUCKET}/\${S3_KEY}"`,
  local: HOST_FILE,
};

/** Fetches `MODEL_SOURCE` to `MODEL_PATH` unless it is there. Exit code 0 means that the file is there in full. */
export function singleFileScript({ transport, cached, revalidate, customCa }: SingleFile): string {
  const check = revalidate && transport === "http";
  return script(
    ...trust(customCa),
    functions(transport),
    ...(cached ? [`mkdir -p "$CACHE_DIR"`, `rm -f "$MODEL_PATH.tmp"`] : []),
    `label=$(basename "$MODEL_PATH")`,
    `url=${URL_OF[transport]}`,
    check ? REVALIDATE : fetchWhenMissing(cached),
  );
}

function fetchWhenMissing(cached: boolean): string {
  return `if [ -f "$MODEL_PATH" ]; then
  echo "Model already ${cached ? "cached" : "exists"}, skipping download"
else
  echo "Downloading model..."
  into "$label" "$url" "$MODEL_PATH"
  echo "Model downloaded successfully"
fi`;
}

const REVALIDATE = `echo "Revalidating model against upstream (RefreshPolicy=OnChange)..."
upstream=$(total_of "$url")
if [ -f "$MODEL_PATH" ] && [ "$upstream" = "$(size_of "$MODEL_PATH")" ]; then
  echo "Model revalidated (unchanged, skipped download)"
elif into "$label" "$url" "$MODEL_PATH"; then
  echo "Model revalidated (downloaded)"
elif [ -f "$MODEL_PATH" ]; then
  rm -f "$MODEL_PATH.tmp"
  echo "Revalidation unreachable; kept cached copy"
else
  echo "ERROR: the model could not be downloaded and no earlier copy is cached" >&2
  exit 1
fi`;

export type FileList = {
  readonly transport: Exclude<Transport, "local">;
  readonly revalidate: boolean;
  readonly customCa: boolean;
};

const BASE_OF: Readonly<Record<FileList["transport"], string>> = {
  http: `base=\${MODEL_SOURCE%/}`,
  s3: `base="\${AWS_ENDPOINT_URL:-https://s3.amazonaws.com}/\${S3_BUCKET}"
if [ -n "\${S3_PREFIX:-}" ]; then base="$base/\${S3_PREFIX%/}"; fi`,
};

const NEEDED = `needed() { [ ! -f "$2" ]; }`;
const NEEDED_WHEN_CHANGED = `needed() { [ ! -f "$2" ] || [ "$(total_of "$1")" != "$(size_of "$2")" ]; }`;

/** Fetches each line of `MODEL_FILES` below `CACHE_DIR`; the first that fails ends it with exit code 1. */
export function fileListScript({ transport, revalidate, customCa }: FileList): string {
  return script(
    ...trust(customCa),
    functions(transport),
    revalidate ? NEEDED_WHEN_CHANGED : NEEDED,
    `mkdir -p "$CACHE_DIR"`,
    `find "$CACHE_DIR" -type f -name '*.tmp' -exec rm -f {} +`,
    BASE_OF[transport],
    // A list read from a here-document keeps the loop in this shell, so that exit ends the container.
    `while IFS= read -r rel; do
  [ -n "$rel" ] || continue
  file="$CACHE_DIR/$rel"
  mkdir -p "$(dirname "$file")"
  if needed "$base/$rel" "$file"; then
    echo "Downloading model artifact $rel..."
    if ! into "$rel" "$base/$rel" "$file"; then
      rm -f "$file.tmp"
      ${revalidate ? `if [ -f "$file" ]; then echo "Revalidation unreachable; kept cached copy of $rel"; continue; fi` : ":"}
      echo "ERROR: failed to download $rel" >&2
      exit 1
    fi
  else
    echo "Model artifact $rel already cached, skipping download"
  fi
done <<END_OF_FILES
$MODEL_FILES
END_OF_FILES`,
    `echo "Model downloaded successfully"`,
  );
}
