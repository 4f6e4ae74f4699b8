/** How the file comes to the pod. */
export type Transport = "http" | "s3" | "local";

/** Folder of the operator's extra certificates in the downloader. */
export const CUSTOM_CERTS_DIR = "/custom-certs";

const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
  "/cacert.pem",
];

/**
 * `say` prints its text as it is, which `echo` does not. `report` prints one progress line, `watch_file` repeats it every 2 s while the
 * transfer runs; its `sleep` keeps no output open, so that whoever reads the log sees its end when the script ends.
 */
const PROGRESS = `say() { printf '%s\\n' "$1"; }
size_of() { if [ -f "$1" ]; then ls -ln "$1" | awk 'NR == 1 { print $5 }'; else echo 0; fi; }
report() { say "progress file=$1 received=$2 total=$3 rate=$4"; }
watch_file() {
  seen=0
  while :; do
    sleep 2 >/dev/null 2>&1
    size=$(size_of "$2")
    report "$1" "$size" "$3" "$(( size > seen ? (size - seen) / 2 : 0 ))"
    seen=$size
  done
}`;

/**
 * `into LABEL URL FILE TOTAL` downloads to `<file>.tmp` and renames. A half-written file is removed: it cannot be resumed, and on a full
 * claim it would take the room from others. BusyBox computes both sides of `?:`, so neither may divide by zero. curl keeps to itself why it could not write (code 23): a copying tool is asked to tell.
 */
const INTO = `into() {
  tmp="$3.tmp"
  if [ -d "$3" ]; then say "ERROR: $3 is a directory" >&2; return 1; fi
  started=$(date +%s)
  report "$1" 0 "$4" 0
  watch_file "$1" "$tmp" "$4" &
  watcher=$!
  code=0
  transfer "$2" "$tmp" || code=$?
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  size=$(size_of "$tmp")
  took=$(( $(date +%s) - started ))
  report "$1" "$size" "$4" "$(( size / (took > 0 ? took : 1) ))"
  if [ "$code" -eq 23 ]; then dd if=/dev/zero bs=65536 count=1 >> "$tmp" || true; fi
  if [ "$code" -eq 0 ]; then mv -f "$tmp" "$3" || code=$?; fi
  if [ "$code" -ne 0 ]; then rm -f "$tmp"; fi
  return "$code"
}`;

/** Without keys the request is not signed: a public bucket answers it, a private one refuses it as before. */
const CURL: Readonly<Record<Exclude<Transport, "local">, string>> = {
  http: `fetch() { curl -f -g -L -sS "$@"; }`,
  s3: `fetch() {
  if [ -n "\${AWS_ACCESS_KEY_ID:-}" ]; then
    set -- --aws-sigv4 "aws:amz:\${AWS_REGION:-us-east-1}:s3" --user "$AWS_ACCESS_KEY_ID:\${AWS_SECRET_ACCESS_KEY:-}" "$@"
  fi
  curl -f -g -L -sS "$@"
}`,
};

/**
 * `encode TEXT KEEP` writes every byte but letters, digits and those of KEEP as %XX; what is %XX already stays.
 * `total_of` asks the server for the size, "unknown" when it does not say; curl shows the headers of a refusal, too, so its code counts.
 */
const REMOTE = `encode() {
  printf '%s' "$1" | od -An -v -tx1 | awk -v keep="$2" '
    BEGIN { for (i = 33; i < 127; i++) { c = sprintf("%c", i); if (c ~ /[A-Za-z0-9]/ || index(keep, c)) plain[sprintf("%02x", i)] = c } }
    { for (i = 1; i <= NF; i++) out = out (($i in plain) ? plain[$i] : "%" toupper($i)) }
    END { print out }' | sed 's/%25\\([0-9A-Fa-f][0-9A-Fa-f]\\)/%\\1/g'
}
length_of() {
  headers=$(fetch -I --connect-timeout 20 --max-time 60 --url "$1" 2>/dev/null) || return 0
  say "$headers" | tr -d '\\r' | awk '/^HTTP\\// { n = "" } tolower($1) == "content-length:" { n = $2 } END { print n }'
}
total_of() {
  n=$(length_of "$1")
  case "$n" in "" | 0 | *[!0-9]*) echo unknown ;; *) echo "$n" ;; esac
}
transfer() { fetch -o "$2" --url "$1"; }`;

const COPY = `total_of() { size_of "$1"; }
transfer() { cp "$1" "$2"; }`;

/** The shell functions that a script with this transport uses. */
export function functions(transport: Transport): string {
  const fetching = transport === "local" ? COPY : `${CURL[transport]}\n${REMOTE}`;
  return [PROGRESS, fetching, INTO].join("\n");
}

/** Bytes that stay as they are in a path: of S3's signature only the unreserved ones, elsewhere all that RFC 3986 allows there. */
export const PLAIN_IN_PATH: Readonly<Record<Exclude<Transport, "local">, string>> = {
  http: `"-._~/!\\$&'()*+,;=:@"`,
  s3: `"-._~/"`,
};

/** Bytes that may be in a URL as it was given: what is illegal everywhere is encoded, what has a meaning keeps it. */
export const PLAIN_IN_URL = `"-._~/!\\$&'()*+,;=:@?#[]%"`;

/** Adds the given certificates to those that curl would trust without them, so that public hosts stay trusted. */
export function trust(custom: boolean): readonly string[] {
  if (!custom) return [];
  return [
    `bundle=$(mktemp -t ca-bundle.XXXXXX)`,
    `for certs in "\${CURL_CA_BUNDLE:-\${SSL_CERT_FILE:-}}" ${SYSTEM_BUNDLES.join(" ")} ${CUSTOM_CERTS_DIR}/*; do`,
    `  if [ -f "$certs" ]; then cat "$certs" >> "$bundle"; echo >> "$bundle"; fi`,
    `done`,
    `export CURL_CA_BUNDLE="$bundle"`,
  ];
}
