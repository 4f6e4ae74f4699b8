import { createObjectIndex } from "@/server/cluster/object-index";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { AppError } from "@/server/errors";
import type { RowCache } from "@/server/services/row-cache";
import type { ClusterLife } from "./cluster-life";

type Ports = Pick<ClusterLife, "index" | "rows" | "attachments" | "timeline" | "acceptAttachment"> &
  Pick<ClusterLife["connection"], "claimField" | "reconcileRequests" | "access" | "logs">;

/** What requests meet before there is a cluster: everything that needs one is `ServiceUnavailable` and says why. */
export function withoutCluster(around: {
  readonly why: () => string | null;
  /** Resolves when there is a cluster that was read. */
  readonly whenReady: () => Promise<void>;
}): Ports {
  const error = () => {
    const reason = around.why();
    const detail =
      reason === null
        ? "Mooring is connecting to the cluster"
        : `Mooring has not reached the cluster: ${reason}`;
    return new AppError("ServiceUnavailable", detail, { retryAfterSeconds: 2 });
  };
  const refuse = () => Promise.reject(error());
  const refuseNow = (): never => {
    throw error();
  };
  return {
    index: createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS }),
    rows: rowsOfNothing(refuseNow, around.whenReady),
    attachments: {
      create: refuse,
      get: refuse,
      getStored: refuse,
      list: refuse,
      listOpen: refuse,
      listCurrent: refuse,
      transition: refuse,
    },
    timeline: { append: refuse, list: refuse, objects: refuse },
    claimField: { read: refuse, apply: refuse },
    reconcileRequests: { request: refuse },
    access: { can: refuse },
    logs: { read: refuse, follow: refuseNow },
    acceptAttachment: refuseNow,
  };
}

function rowsOfNothing(refuseNow: () => never, whenReady: () => Promise<void>): RowCache {
  return {
    ready: false,
    whenReady,
    requireReady: refuseNow,
    services: refuseNow,
    claims: refuseNow,
    service: refuseNow,
    claim: refuseNow,
    recompute: refuseNow,
    start: () => Promise.resolve(),
    stop: () => undefined,
  };
}
