import type { Logger } from "pino";

import { gatherClaimFacts, gatherServiceFacts } from "@/server/cluster/gather-facts";
import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import type { Config } from "@/server/config";
import type { Attachment } from "@/server/contract/attachment";
import { createAttachmentStore } from "@/server/db/attachments";
import type { Database } from "@/server/db/open-database";
import { createHistoryMarks } from "@/server/db/history-marks";
import { createOpenFindings } from "@/server/db/open-findings";
import { createTimelineStore } from "@/server/db/timeline";
import type { Recording } from "@/server/controllers/history/recorder";
import type { ChosenOperator } from "@/server/domain/operator-choice";
import { buildClaimView } from "@/server/domain/views/claim-view";
import { buildServiceView } from "@/server/domain/views/service-view";
import type { AttachmentStore, Clock, TimelineStore } from "@/server/ports";
import { systemTimers } from "@/server/runtime/timers";
import { createRowCache, type RowCache } from "@/server/services/row-cache";
import type { Reflectors } from "@/server/kube/start-reflectors";
import type { Connection } from "./connection";
import { buildControllers, type Controllers } from "./controllers";
import type { LiveHub } from "./live-hub";
import { followOperator, type OperatorInCharge } from "./operator";

/** Everything that belongs to one cluster, from the moment we know which one it is until we know that it is another. */
export type ClusterLife = {
  readonly clusterId: string;
  readonly version: string | null;
  readonly connection: Connection;
  readonly index: ObjectIndex;
  readonly rows: RowCache;
  readonly attachments: AttachmentStore;
  readonly timeline: TimelineStore;
  /** Who does the operator's work, as of now. */
  readonly chosenOperator: () => ChosenOperator;
  readonly watches: Reflectors;
  readonly acceptAttachment: (attachment: Attachment) => void;
  stop(): Promise<void>;
};

export type LifeOptions = {
  readonly connection: Connection;
  readonly config: Config;
  readonly database: Database;
  readonly live: LiveHub;
  readonly clock: Clock;
  readonly log: Logger;
  /** Something of what `watches` or `chosenOperator` say has changed. */
  readonly onWatchChange: () => void;
  /** It became possible or impossible to store what happens. */
  readonly onRecording: (recording: Recording) => void;
  /** There are new messages for the webhook. */
  readonly onMessages: () => void;
};

/**
 * Begins the life of the cluster behind `connection`: stores of its own, watches, rows, controllers. Resolves as soon as
 * it is being read; rows and controllers follow when everything was read once.
 * @throws AppError while the cluster cannot be reached.
 */
export async function beginClusterLife(options: LifeOptions): Promise<ClusterLife> {
  const { connection, config, database, clock, log } = options;
  const { clusterId, version } = await connection.identify();
  const index = indexOf(config);
  const stores = storesOf(database, clusterId, clock);
  const announce = await announceAttachments(stores.attachments, index, options.live);
  const beginOnceKnown = () => {
    options.onWatchChange();
    controllers.onWatchChange(watches.connected(), watches.observedAt());
    // Before everything was read, what is not there yet would look missing.
    if (watches.synced() && operator.current().search !== "pending") begin();
  };
  const operator = followOperator({
    connection,
    config,
    log,
    onChange: (chosen, before) => {
      index.setSettings(chosen.settings);
      // The rules also ask who does the work.
      if (chosen.mode !== before.mode) rows.recompute();
      controllers.onOperatorChange();
      beginOnceKnown();
    },
  });
  const seeServices: Controllers["seeServices"] = (changes) => controllers.seeServices(changes);
  const rows = rowsOf(index, operator, { ...options, seeServices });
  const parts = { ...options, ...stores, clusterId, index, operator, announce };
  const controllers = buildControllers(parts);
  const { begin, end } = beginning({ clusterId, rows, controllers, log });
  const watches = connection.watch({
    index,
    onStateChange: beginOnceKnown, // never before the first answer, so `watches` is there
    onError: (error, plural) =>
      log.warn({ error, plural }, "a watch failed and will be begun again"),
  });
  return {
    clusterId,
    version,
    connection,
    index,
    rows,
    ...stores,
    chosenOperator: () => operator.current(),
    watches,
    acceptAttachment: (attachment) => controllers.accept(attachment),
    stop: async () => {
      end();
      await stopAll({ rows, controllers, watches, operator, connection, live: options.live });
    },
  };
}

async function stopAll(parts: {
  readonly rows: RowCache;
  readonly controllers: Controllers;
  readonly watches: Reflectors;
  readonly operator: OperatorInCharge;
  readonly connection: Connection;
  readonly live: LiveHub;
}): Promise<void> {
  parts.rows.stop();
  parts.live.reset();
  await parts.controllers.stop();
  await Promise.all([parts.watches.stop(), parts.operator.stop()]);
  await parts.connection.close();
}

/** `begin` starts rows, then controllers, at its first call; never after `end`. */
function indexOf({ operatorSettings, namespaces }: Config): ObjectIndex {
  return createObjectIndex({ settings: operatorSettings, everyNamespace: namespaces === null });
}

function beginning(parts: {
  readonly clusterId: string;
  readonly rows: RowCache;
  readonly controllers: Controllers;
  readonly log: Logger;
}): { readonly begin: () => void; readonly end: () => void } {
  const { clusterId, rows, controllers, log } = parts;
  const life = { stopped: false, begun: false };
  return {
    begin() {
      if (life.begun || life.stopped) return;
      life.begun = true;
      log.info({ clusterId }, "the cluster was read");
      rows.start().then(
        () => life.stopped || controllers.start(),
        (error: unknown) => log.error({ error }, "the rows could not be built"),
      );
    },
    end() {
      life.stopped = true;
    },
  };
}

function storesOf({ prisma }: Database, clusterId: string, clock: Clock) {
  return {
    attachments: createAttachmentStore(prisma, clusterId, clock),
    timeline: createTimelineStore(prisma, clusterId),
    marks: createHistoryMarks(prisma, clusterId),
    findings: createOpenFindings(prisma, clusterId),
  };
}

function rowsOf(
  index: ObjectIndex,
  operator: OperatorInCharge,
  options: LifeOptions & Pick<Controllers, "seeServices">,
): RowCache {
  const { live, clock, log } = options;
  const around = () => ({
    now: clock.now().toISOString(),
    settings: index.settings(),
    builtinOperator: operator.current().mode === "builtin",
  });
  return createRowCache({
    index,
    computeService: (key) => {
      const facts = gatherServiceFacts(index, key, around());
      return facts && buildServiceView(facts);
    },
    computeClaim: (key) => {
      const facts = gatherClaimFacts(index, key, around());
      return facts && buildClaimView(facts);
    },
    publishServices: (changes) => {
      live.apply("inferenceservices", changes);
      options.seeServices(changes);
    },
    publishClaims: (changes) => live.apply("persistentvolumeclaims", changes),
    timers: systemTimers,
    onError: (error, key) => log.error({ error, key }, "a row could not be computed"),
  });
}

/** Tells the index and the stream about an attachment; those that are stored are told at once. */
async function announceAttachments(
  attachments: AttachmentStore,
  index: ObjectIndex,
  live: LiveHub,
): Promise<(attachment: Attachment) => void> {
  const announce = (attachment: Attachment) => {
    index.setAttachment(attachment);
    live.announceAttachment(attachment);
  };
  for (const attachment of await attachments.listCurrent()) announce(attachment);
  return announce;
}
