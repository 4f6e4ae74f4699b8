import { gatherClaimFacts, gatherServiceFacts } from "@/server/cluster/gather-facts";
import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { type Attachment, closedAttachmentStates } from "@/server/contract/attachment";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { setClaim } from "@/server/domain/preflight/with-claim";
import { buildClaimView } from "@/server/domain/views/claim-view";
import { compareRows } from "@/server/domain/views/compare-rows";
import { buildServiceView } from "@/server/domain/views/service-view";
import { AppError } from "@/server/errors";
import { type AnyResource, type RouteHost, serve } from "@/server/http/define-route";
import type { AttachmentStore, ClaimFieldWriter } from "@/server/ports";
import { createStreamHub } from "@/server/runtime/stream-hub";
import type { LiveRowsByTopic, ServiceContext } from "@/server/services/context";
import { createRowCache, type RowCache } from "@/server/services/row-cache";
import {
  aClaim,
  aDeployment,
  aModel,
  anAttachment,
  aNode,
  anInferenceService,
  aPod,
  aStorageClass,
  aVolume,
} from "./builders";
import { createFakeClock } from "./fake-clock";
import { createFakeTimers } from "./fake-timers";

/** The healthy service of the builders in an index, with rows and an empty store behind the routes; a test replaces the port it is about. */
export async function aRouteWorld(overrides: Partial<ServiceContext> = {}) {
  const index = aFilledIndex();
  const hub = aHub();
  const rows = rowsOf(index, hub);
  await rows.start();
  const accepted: Attachment[] = [];
  const context: ServiceContext = {
    actor: { name: "ada", groups: [] },
    clock: createFakeClock(),
    index,
    rows,
    hub,
    attachments: anAttachmentStore(),
    timeline: {
      append: notExpected,
      list: async () => ({ items: [], continue: null }),
      objects: async () => [],
    },
    claimField: aClaimField(index),
    reconcileRequests: { request: notExpected },
    access: { can: async () => true },
    logs: { read: notExpected, follow: () => fail() },
    acceptAttachment: (attachment) => accepted.push(attachment),
    operator: () => ({ settings: DEFAULT_OPERATOR_SETTINGS, builtinOperator: true }),
    freshness: () => ({ observedAt: "2026-03-01T11:59:59Z", stale: false }),
    clusterState: () => fail(),
    metrics: notExpected,
    readiness: notExpected,
    ...overrides,
  };
  const host: RouteHost = { open: async () => context, record: () => undefined };
  return { context, host, accepted };
}

/** Sends one request to a resource as a program on this machine does. */
export async function ask(
  host: RouteHost,
  resource: AnyResource,
  request: {
    readonly method?: "GET" | "POST";
    readonly params?: Readonly<Record<string, string>>;
    readonly query?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Response> {
  const { method = "GET", params = {}, query = "", body, headers } = request;
  const sent = new Request(`http://localhost:3000/${query}`, {
    method,
    headers: { host: "localhost:3000", "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return serve(host, resource)[method](sent, { params: Promise.resolve(params) });
}

function aFilledIndex(): ObjectIndex {
  const index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  const at = "2026-03-01T11:59:00Z";
  index.upsert("inferenceservices", [anInferenceService()], at);
  index.upsert("models", [aModel()], at);
  index.upsert("persistentvolumeclaims", [aClaim()], at);
  index.upsert("persistentvolumes", [aVolume()], at);
  index.upsert("storageclasses", [aStorageClass()], at);
  index.upsert("nodes", [aNode()], at);
  index.upsert("deployments", [aDeployment()], at);
  index.upsert("pods", [aPod()], at);
  return index;
}

function aHub() {
  return createStreamHub<LiveRowsByTopic>({
    epoch: "test",
    history: 10,
    compare: {
      inferenceservices: compareRows,
      persistentvolumeclaims: compareRows,
      attachments: () => 0,
      cluster: () => 0,
    },
  });
}

function rowsOf(index: ObjectIndex, hub: ReturnType<typeof aHub>): RowCache {
  const around = {
    now: "2026-03-01T12:00:00Z",
    settings: DEFAULT_OPERATOR_SETTINGS,
    builtinOperator: true,
  };
  return createRowCache({
    index,
    computeService: (key) => {
      const facts = gatherServiceFacts(index, key, around);
      return facts && buildServiceView(facts);
    },
    computeClaim: (key) => {
      const facts = gatherClaimFacts(index, key, around);
      return facts && buildClaimView(facts);
    },
    publishServices: ({ upserts }) =>
      upserts.forEach(({ key, row }) => hub.publish("inferenceservices", key, row)),
    publishClaims: ({ upserts }) =>
      upserts.forEach(({ key, row }) => hub.publish("persistentvolumeclaims", key, row)),
    timers: createFakeTimers(),
    onError: (error) => {
      throw error;
    },
  });
}

function anAttachmentStore(): AttachmentStore {
  const kept = new Map<string, Attachment>();
  return {
    create: async (input) => {
      const attachment = anAttachment({
        id: `att-${kept.size + 1}`,
        ...input.key,
        serviceUid: input.serviceUid,
        claimName: input.claimName,
        previousClaimName: input.previousClaimName,
        persistence: input.persistence,
        previousPersistence: input.previousPersistence,
        actor: input.actor.name,
        comment: input.comment,
        state: "Pending",
        closedAt: null,
      });
      kept.set(attachment.id, attachment);
      return attachment;
    },
    get: async (id) => kept.get(id) ?? null,
    getStored: notExpected,
    list: async () => ({ items: [...kept.values()], continue: null }),
    listOpen: notExpected,
    listCurrent: notExpected,
    transition: async (id, from, { to, reason, message }) => {
      const attachment = kept.get(id);
      if (attachment?.state !== from) throw new AppError("Conflict", "not in that state");
      const isClosed = closedAttachmentStates.some((state) => state === to);
      const closedAt = isClosed ? "2026-03-01T12:00:00Z" : null;
      const moved = { ...attachment, state: to, reason, message, closedAt };
      kept.set(id, moved);
      return moved;
    },
  };
}

/** Answers dry runs with what would be stored. */
function aClaimField(index: ObjectIndex): ClaimFieldWriter {
  const read: ClaimFieldWriter["read"] = async ({ namespace, name }) =>
    index.get("inferenceservices", `${namespace}/${name}`);
  return {
    read,
    apply: async ({ key, claimName, persistence }) => {
      const service = await read(key);
      if (!service) throw new AppError("NotFound", "gone");
      return setClaim(service, { claimName, persistence: persistence ?? null });
    },
  };
}

function notExpected(): Promise<never> {
  return Promise.reject(new Error("the test did not expect this call"));
}

function fail(): never {
  throw new Error("the test did not expect this call");
}
