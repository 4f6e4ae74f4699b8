import type { Finding, FindingCode } from "@/server/contract/finding";
import type { ServiceView } from "@/server/contract/service-view";

/** What was last known of each watched service: its errors and warnings. */
export type Known = ReadonlyMap<string, ReadonlySet<FindingCode>>;

export type Notice = Readonly<{
  title: string;
  body: string;
  /** The same for the same news: a second tab replaces the first one's. */
  tag: string;
  service: Pick<ServiceView, "namespace" | "name">;
}>;

/**
 * What to tell of the watched services: each error or warning that was not there before, and that all are gone. What a
 * service has when it is first seen is no news. `keyOf` gives the key of a service as `watched` has it.
 */
export function planNotices(
  before: Known,
  services: readonly ServiceView[],
  {
    watched,
    keyOf,
  }: {
    readonly watched: ReadonlySet<string>;
    readonly keyOf: (service: ServiceView) => string;
  },
): { readonly known: Known; readonly notices: readonly Notice[] } {
  const known = new Map<string, ReadonlySet<FindingCode>>();
  const notices: Notice[] = [];
  for (const service of services) {
    const key = keyOf(service);
    if (!watched.has(key)) continue;
    const told = service.findings.filter(isTold);
    known.set(key, toldCodes(service));
    const earlier = before.get(key);
    if (earlier === undefined) continue;
    notices.push(...noticesOf(service, told, { key, earlier }));
  }
  return { known, notices };
}

/** Codes of the service's errors and warnings. */
export function toldCodes({ findings }: ServiceView): ReadonlySet<FindingCode> {
  return new Set(findings.filter(isTold).map(({ code }) => code));
}

const isTold = ({ severity }: Finding): boolean => severity === "error" || severity === "warning";

function noticesOf(
  service: ServiceView,
  told: readonly Finding[],
  { key, earlier }: { readonly key: string; readonly earlier: ReadonlySet<FindingCode> },
): Notice[] {
  const { namespace, name } = service;
  const about = { service: { namespace, name } };
  if (told.length === 0 && earlier.size > 0) {
    const body = `${name} in ${namespace} has no errors and no warnings any more.`;
    return [{ ...about, title: `${name}: all clear`, body, tag: `${key} clear` }];
  }
  const fresh = new Map(
    told.filter(({ code }) => !earlier.has(code)).map((finding) => [finding.code, finding]),
  );
  return [...fresh.values()].map(({ code, severity, message }) => ({
    ...about,
    title: `${name}: ${severity}`,
    body: message,
    tag: `${key} ${code}`,
  }));
}
