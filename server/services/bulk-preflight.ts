import type { BulkPreflight, BulkPreflightRequest } from "@/server/contract/preflight";
import { combinedChecks } from "@/server/domain/preflight/combined";
import { foldVerdict } from "@/server/domain/preflight/verdict";
import { withClaim } from "@/server/domain/preflight/with-claim";
import { hasReason } from "@/server/errors";
import type { ServiceContext } from "./context";
import { preflight } from "./preflight";
import { factsOf } from "./service-facts";

/** Each asks the API server once or twice, and it is not to be flooded. */
const AT_ONCE = 4;

type Item = BulkPreflight["items"][number];

/** What would hold if all the services used the claim, without changing any. A service that does not exist is an item without a preflight. */
export async function bulkPreflight(
  ctx: ServiceContext,
  { claimName, services, persistence }: BulkPreflightRequest,
): Promise<BulkPreflight> {
  const items: Item[] = [];
  for (let start = 0; start < services.length; start += AT_ONCE) {
    const some = services.slice(start, start + AT_ONCE);
    const answers = some.map(async (key) => ({
      ...key,
      preflight: await orNull(preflight(ctx, { ...key, claimName, persistence })),
    }));
    items.push(...(await Promise.all(answers)));
  }
  const change = { claimName, persistence: persistence ?? null };
  const joining = items
    .filter((item) => item.preflight !== null)
    .flatMap((item) => stillThere(ctx, item, claimName) ?? [])
    .map((before) => ({ before, after: withClaim(before, change) }));
  const combined = combinedChecks(joining, claimName);
  const checks = [...items.flatMap((item) => item.preflight?.checks ?? []), ...combined];
  const lost = items.some((item) => item.preflight === null);
  const verdict = foldVerdict(lost ? [...checks, { verdict: "block" }] : checks);
  return { verdict, claimName, items, combined };
}

function stillThere(ctx: ServiceContext, key: Item, claimName: string) {
  try {
    return factsOf(ctx, { namespace: key.namespace, name: key.name }, [claimName]);
  } catch (error) {
    if (hasReason(error, "NotFound")) return null;
    throw error;
  }
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (hasReason(error, "NotFound")) return null;
    throw error;
  }
}
