import { AppError } from "@/server/errors";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Lets through only what this machine's own browser page, or a program without a browser, sends to a loopback name.
 *
 * A foreign `Host` is DNS rebinding; a foreign `Origin`, or fetch metadata that says the request was started by another
 * site (another port of this machine counts as one), is a forged request. Opening an address by hand is a navigation
 * and stays allowed for reading.
 * @throws AppError `Forbidden`.
 */
export function requireLocalOrigin(request: Request): void {
  const host = request.headers.get("host") ?? "";
  if (!LOOPBACK_NAMES.has(hostNameOf(host)))
    throw new AppError("Forbidden", "This server answers only to localhost, 127.0.0.1 and [::1]");
  const origin = request.headers.get("origin");
  if (origin !== null && !isOwnOrigin(origin, host))
    throw new AppError("Forbidden", "Requests from another origin are refused");
  if (isForeign(request)) throw new AppError("Forbidden", "Requests from another site are refused");
}

function hostNameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function isOwnOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

function isForeign(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site === null || site === "same-origin" || site === "none") return false;
  const navigation = request.headers.get("sec-fetch-mode") === "navigate";
  return !(navigation && SAFE_METHODS.has(request.method));
}
