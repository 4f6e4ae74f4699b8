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
 * `receive LABEL URL PARTIAL TOTAL` transfers and tells the progress. The transfer runs in the background because a shell hears a signal while
 * it waits, not while a program runs: a pod that is deleted ends at once. curl keeps to itself why it could not write (code 23): a copying tool
 * is asked to tell. BusyBox computes both sides of `?:`, so neither may divide by zero.
 */
const RECEIVE = `receive() {
  started=$(date +%s)
  report "$1" 0 "$4" 0
  watch_file "$1" "$3" "$4" &
  watcher=$!
  transfer "$2" "$3" &
  running=$!
  partial=$3
  trap 'rm -f "$partial"; kill "$watcher" "$running" 2>/dev/null; exit 143' TERM
  code=0
  wait "$running" || code=$?
  trap - TERM
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  size=$(size_of "$3")
  took=$(( $(date +%s) - started ))
  report "$1" "$size" "$4" "$(( size / (took > 0 ? took : 1) ))"
  if [ "$code" -eq 23 ]; then dd if=/dev/zero bs=65536 count=1 >> "$3" || true; fi
  if [ "$code" -ne 0 ]; then rm -f "$3"; fi
  return "$code"
}`;

/**
 * `into LABEL URL FILE TOTAL` downloads to a file beside it and renames, so that what has the name is whole. A half-written file is removed: it
 * cannot be resumed, and on a full claim it would take the room from others. Pods that share a claim may bring the same file at once; with
 * one `<file>.tmp` for all, one of them would rename what another is still writing. So each has its own, marked by the end of its name
 * (`mark`; empty where nobody shares). Those of others are removed when there is no room left, as their pods may be gone.
 */
const INTO = `make_room() {
  [ -n "$mark" ] || return 1
  [ -n "$(find "$CACHE_DIR" -type f -name '*.by-*.tmp')" ] || return 1
  say "Removing half-written files of other pods to make room..."
  find "$CACHE_DIR" -type f -name '*.by-*.tmp' -exec rm -f {} +
}
into() {
  tmp="$3$mark.tmp"
  if [ -d "$3" ]; then say "ERROR: $3 is a directory" >&2; return 1; fi
  if ! receive "$1" "$2" "$tmp" "$4"; then
    if is_full "$code" && make_room; then receive "$1" "$2" "$tmp" "$4" || return "$code"; else return "$code"; fi
  fi
  mv -f "$tmp" "$3"
}`;

/**
 * `clear_partials DIRECTORY [FILE]`: what this pod or one before it left half-written, of one file or of all; what another pod may be writing
 * stays for an hour. What cannot be removed is told in the log and harms nobody whose files are complete.
 */
const CLEAR = `mark=$(printf '%s' "\${HOSTNAME:-}" | tail -c 12)
mark="\${mark:+.by-$mark}"
clear_partials() {
  if [ -n "\${2:-}" ]; then rm -f "$2.tmp" "$2$mark.tmp"; else
    find "$1" -type f -name '*.tmp' ! -name '*.by-*.tmp' -exec rm -f {} +
    find "$1" -type f -name "*$mark.tmp" -exec rm -f {} +
  fi
  find "$1" -type f -name '*.by-*.tmp' -mmin +60 -exec rm -f {} +
}`;

/** Without keys the request is not signed: a public bucket answers it, a private one refuses it as before. Newer curl signs nothing with `--path-as-is`. */
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
transfer() { fetch -o "$2" --url "$1"; }
is_full() { [ "$1" -eq 23 ]; }`;

const COPY = `total_of() { size_of "$1"; }
transfer() { cp "$1" "$2"; }
is_full() { :; }`;

/** The shell functions that a script with this transport uses; `shared` where other pods may write to the same directory. */
export function functions(transport: Transport, shared: boolean): string {
  const fetching = transport === "local" ? COPY : `${CURL[transport]}\n${REMOTE}`;
  return [PROGRESS, fetching, shared ? CLEAR : "mark=", RECEIVE, INTO].join("\n");
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
