const PVC = "pvc://";
const S3 = "s3://";
const HF = "hf://";
const FILE = "file://";
const HF_HOST = "huggingface.co";
/** `<owner>/<repo>/resolve|blob/<revision>/<file>` */
const SEGMENTS_OF_A_FILE = 5;

export type PvcSource = { readonly claim: string; readonly path: string };
export type S3Source = { readonly bucket: string; readonly key: string };
export type HubRepository = { readonly repository: string; readonly revision: string | null };

/** What `spec.source` of a Model names, and so who fetches it. */
export type ModelSource =
  | ({ readonly kind: "pvc" } & PvcSource)
  | ({ readonly kind: "s3" } & S3Source)
  | { readonly kind: "file"; readonly url: string }
  | ({ readonly kind: "repository" } & HubRepository)
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "invalid"; readonly scheme: "pvc" | "s3" }
  /** No form that weights can have, such as a bare word. */
  | { readonly kind: "unknown" };

/** Whether the weights are already on a claim that the source names; decided by the prefix alone, in lower case. */
export function isPreStaged(source: string): boolean {
  return source.startsWith(PVC);
}

/** The claim and the path in it of a `pvc://claim/path`; null when it is another form or lacks one of the two. */
export function pvcSource(source: string): PvcSource | null {
  return isPreStaged(source) ? splitOnce(source.slice(PVC.length), toPvc) : null;
}

/** Bucket and key of an `s3://` source, any case of the scheme; null when it is another form or lacks one of the two. */
export function s3Source(source: string): S3Source | null {
  return isS3(source) ? splitOnce(source.slice(S3.length), toS3) : null;
}

/** Whether the scheme is `s3://`, in any case. */
export function isS3(source: string): boolean {
  return source.slice(0, S3.length).toLowerCase() === S3;
}

/** What the source names; an incomplete `pvc://` or `s3://` is `invalid`. */
export function classifySource(source: string): ModelSource {
  if (isPreStaged(source)) {
    const pvc = pvcSource(source);
    return pvc === null ? { kind: "invalid", scheme: "pvc" } : { kind: "pvc", ...pvc };
  }
  if (isS3(source)) {
    const s3 = s3Source(source);
    return s3 === null ? { kind: "invalid", scheme: "s3" } : { kind: "s3", ...s3 };
  }
  if (/^https?:\/\//i.test(source)) return classifyUrl(source);
  if (source.startsWith(HF)) return repositoryOf(source.slice(HF.length));
  if (source.startsWith(FILE)) return { kind: "local", path: source.slice(FILE.length) };
  if (source.startsWith("/")) return { kind: "local", path: source };
  return repositoryOf(source);
}

/**
 * Whether LLMKube has no rule for the source and its controller tries to download it by itself: a page of the hub that is neither a model's
 * repository nor a file in one (data sets, spaces, an owner's page), or no known form at all.
 */
export function isUnruled(source: string): boolean {
  const { kind } = classifySource(source);
  if (kind !== "file") return kind === "unknown";
  const segments = hubSegments(source);
  return segments !== null && !isHubFile(segments);
}

/** Whether the weights are fetched over the network by a pod: a single file, or listed files of a repository or bucket. */
export function isRemoteFile(source: string): boolean {
  const { kind } = classifySource(source);
  return kind === "file" || kind === "s3";
}

/** `hf://org/repo[@rev]` as the URL below which the repository's files are found; every other source unchanged. */
export function resolvedSource(source: string): string {
  const classified = classifySource(source);
  if (classified.kind !== "repository") return source;
  const { repository, revision } = classified;
  return `https://${HF_HOST}/${repository}/resolve/${revision ?? "main"}/`;
}

/** `org/name[@rev]` as serving engines want it; null when the source is no repository. */
export function repositoryReference(source: string): string | null {
  const classified = classifySource(source);
  if (classified.kind !== "repository") return null;
  return classified.revision === null
    ? classified.repository
    : `${classified.repository}@${classified.revision}`;
}

/** The source fit for people's eyes: user info, query and fragment of a URL are left out. */
export function redactSource(source: string): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)/i.exec(source);
  if (match === null) return source;
  const [, scheme = "", authority = "", path = ""] = match;
  return scheme + authority.slice(authority.lastIndexOf("@") + 1) + pathOf(scheme, path, source);
}

/** In `hf://` the `@revision` is part of the path and stays. */
function pathOf(scheme: string, path: string, source: string): string {
  return /^https?:\/\//i.test(scheme) ? path : path + (/[?#].*$/.exec(source)?.[0] ?? "");
}

function classifyUrl(url: string): ModelSource {
  const segments = hubSegments(url);
  if (segments === null || isHubFile(segments)) return { kind: "file", url };
  return hubRepository(segments) ?? { kind: "file", url };
}

const FILE_VERBS: ReadonlySet<string> = new Set(["resolve", "blob"]);
/** First segments below which the hub keeps no models. */
const NO_MODELS: ReadonlySet<string> = new Set(["datasets", "spaces"]);

/** The path of a URL on the hub, piece by piece; null for every other URL, also for one with a port or a user. */
function hubSegments(url: string): readonly string[] | null {
  const [, host = "", path = ""] = /^https?:\/\/([^/?#]*)(\/[^?#]*)/i.exec(url) ?? [];
  if (host.toLowerCase().replace(/^www\./, "") !== HF_HOST) return null;
  return path.split("/").filter((segment) => segment !== "");
}

function isHubFile(segments: readonly string[]): boolean {
  return segments.length >= SEGMENTS_OF_A_FILE && FILE_VERBS.has(segments[2] ?? "");
}

function hubRepository(segments: readonly string[]): ModelSource | null {
  const [owner = "", name = "", verb = "", revision = null] = segments;
  if (name === "" || NO_MODELS.has(owner)) return null;
  const pinned = FILE_VERBS.has(verb) || verb === "tree";
  return {
    kind: "repository",
    repository: `${owner}/${name}`,
    revision: pinned ? revision : null,
  };
}

/** Letters that a repository's name has, its revision behind an `@` among them. */
const REPOSITORY = /^[a-z0-9][a-z0-9\-_./@]*$/i;

function repositoryOf(text: string): ModelSource {
  if (!text.includes("/") || !REPOSITORY.test(text)) return { kind: "unknown" };
  const at = text.indexOf("@");
  if (at < 0) return { kind: "repository", repository: text, revision: null };
  return { kind: "repository", repository: text.slice(0, at), revision: text.slice(at + 1) };
}

function splitOnce<T>(text: string, to: (first: string, rest: string) => T): T | null {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return null;
  return to(text.slice(0, slash), text.slice(slash + 1));
}

const toPvc = (claim: string, path: string): PvcSource => ({ claim, path });
const toS3 = (bucket: string, key: string): S3Source => ({ bucket, key });
