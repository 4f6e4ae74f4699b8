import type { Logger } from "pino";

import { gatherClaimFacts, gatherServiceFacts } from "@/server/cluster/gather-facts";
import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import type { Config } from "@/server/config";
import type { Attachment } from "@/server/contract/attachment";
import { createAttachmentStore } from "@/server/db/attachments";
import type { Database } from "@/server/db/open-database";
import { createHistoryMarks } from "@/server/db/history-marks";
import { createTimelineStore } from "@/server/db/timeline";
import { buildClaimView } from "@/server/domain/views/claim-view";
import { buildServiceView } from "@/server/domain/views/service-view";
import type { Actor, AttachmentStore, Clock, TimelineStore } from "@/server/ports";
import { systemTimers } from "@/server/runtime/timers";
import { createRowCache, type RowCache } from "@/server/services/row-cache";
import type { Connection, Watches } from "./connection";
import { startControllers } from "./controllers";
import type { LiveHub } from "./live-hub";
import { chooseOperator, type ChosenOperator } from "./operator";

/** Everything that belongs to one cluster, from the moment we know which one it is until we know that it is another. */
export type ClusterLife = {
  readonly clusterId: string;
  readonly version: string | null;
  readonly actor: Actor;
  readonly connection: Connection;
  readonly index: ObjectIndex;
  readonly rows: RowCache;
  readonly attachments: AttachmentStore;
  readonly timeline: TimelineStore;
  readonly operator: ChosenOperator;
  readonly watches: Watches;
  readonly acceptAttachment: (attachment: Attachment) => void;
  stop(): Promise<void>;
};

export type LifeOptions = {
  readonly connection: Connection;
  readonly config: Config;
  readonly database: Database;
  readonly hub: LiveHub;
  readonly clock: Clock;
  readonly log: Logger;
  /** Something of what `watches` say has changed. */
  readonly onWatchChange: () => void;
};

/**
 * Begins the life of the cluster behind `connection`: stores of its own, watches, rows, controllers. Resolves as soon as
 * it is being read; rows and controllers follow when everything was read once.
 * @throws AppError while the cluster cannot be reached.
 */
export async function beginClusterLife(options: LifeOptions): Promise<ClusterLife> {
  const { connection, config, database, clock, log } = options;
  const { clusterId, version, actor } = await connection.identify();
  const operator = await chooseOperator(connection.objects, config, log);
  const index = createObjectIndex({ settings: operator.settings });
  const attachments = createAttachmentStore(database.prisma, clusterId, clock);
  const timeline = createTimelineStore(database.prisma, clusterId);
  const announce = await announceAttachments(attachments, index, options.hub);
  const rows = rowsOf(index, operator, options);
  const controllers = startControllers({
    ...options,
    index,
    operator,
    attachments,
    timeline,
    announce,
    marks: createHistoryMarks(database.prisma, clusterId),
  });
  const begin = whenSynced(() => {
    log.info({ clusterId }, "the cluster was read");
    rows
      .start()
      .then(controllers.start, (error: unknown) =>
        log.error({ error }, "the rows could not be built"),
      );
  });
  const watches = connection.watch(index, () => {
    options.onWatchChange();
    begin(watches.states());
  });
  begin(watches.states());
  return {
    clusterId,
    version,
    actor,
    connection,
    index,
    rows,
    attachments,
    timeline,
    operator,
    watches,
    acceptAttachment: controllers.accept,
    stop: async () => {
      rows.stop();
      await controllers.stop();
      await watches.stop();
      await connection.close();
    },
  };
}

/** Calls back once, when every kind was read or is known to be invisible: before that, what is not there yet would look missing. */
function whenSynced(then: () => void): (states: ReturnType<Watches["states"]>) => void {
  let done = false;
  return (states) => {
    if (done || states.length === 0) return;
    if (!states.every(({ synced, visible }) => synced || visible === false)) return;
    done = true;
    then();
  };
}

function rowsOf(
  index: ObjectIndex,
  operator: ChosenOperator,
  { hub, clock, log }: LifeOptions,
): RowCache {
  const around = () => ({
    now: clock.now().toISOString(),
    settings: index.settings(),
    builtinOperator: operator.mode === "builtin",
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
    publishServices: (changes) => hub.apply("inferenceservices", changes),
    publishClaims: (changes) => hub.apply("persistentvolumeclaims", changes),
    timers: systemTimers,
    onError: (error, key) => log.error({ error, key }, "a row could not be computed"),
  });
}

/** Tells the index and the stream about an attachment; those that are stored are told at once. */
async function announceAttachments(
  attachments: AttachmentStore,
  index: ObjectIndex,
  hub: LiveHub,
): Promise<(attachment: Attachment) => void> {
  const announce = (attachment: Attachment) => {
    index.setAttachment(attachment);
    hub.announceAttachment(attachment);
  };
  for (const attachment of await attachments.listCurrent()) announce(attachment);
  return announce;
}
