/** What a simulated model source does when it is fetched. */
export type SourceFailure = "404" | "403" | "401" | "tls" | "dns" | "refused";
export type Source = { bytes: number; bytesPerSecond: number; failure?: SourceFailure };
/** URL → what is there. */
export type SourceCatalogue = Readonly<Record<string, Source>>;

const DEFAULT_SOURCE: Source = { bytes: 4 * 2 ** 30, bytesPerSecond: 200e6 };

/**
 * What the simulated network answers for a URL. URLs outside the catalogue are 4 GiB at 200 MB per simulated second, unless
 * path segments say otherwise: `/size-<bytes>/`, `/rate-<bytes per second>/`, `/fail-404/`, `/fail-403/`, `/fail-401/`,
 * `/fail-tls/`, `/fail-dns/`, `/fail-refused/`.
 */
export function lookUpSource(catalogue: SourceCatalogue, url: string): Source {
  const known = catalogue[url];
  if (known !== undefined) return known;
  const size = /\/size-(\d+)\//.exec(url)?.[1];
  const rate = /\/rate-(\d+)\//.exec(url)?.[1];
  const failure = /\/fail-(404|403|401|tls|dns|refused)\//.exec(url)?.[1];
  return {
    bytes: size === undefined ? DEFAULT_SOURCE.bytes : Number(size),
    bytesPerSecond: rate === undefined ? DEFAULT_SOURCE.bytesPerSecond : Number(rate),
    // The expression above admits only these.
    ...(failure === undefined ? {} : { failure: failure as SourceFailure }),
  };
}

/** curl's last line and exit code for a URL that cannot be fetched. */
export function curlFailure(
  url: string,
  failure: SourceFailure,
): { line: string; exitCode: number } {
  const host = /^[a-z0-9]+:\/\/([^/:]+)/i.exec(url)?.[1] ?? "localhost";
  switch (failure) {
    case "404":
    case "403":
    case "401":
      return { line: `curl: (22) The requested URL returned error: ${failure}`, exitCode: 22 };
    case "tls":
      return {
        line: "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        exitCode: 60,
      };
    case "dns":
      return { line: `curl: (6) Could not resolve host: ${host}`, exitCode: 6 };
    case "refused":
      return {
        line: `curl: (7) Failed to connect to ${host} port 443 after 3 ms: Could not connect to server`,
        exitCode: 7,
      };
  }
}
