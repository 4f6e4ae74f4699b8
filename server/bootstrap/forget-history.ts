import type { Logger } from "pino";

import type { Database } from "@/server/db/open-database";
import { pruneTimeline } from "@/server/db/prune-timeline";
import { pruneWebhookQueue } from "@/server/db/webhook-queue";
import type { Clock } from "@/server/ports";
import { createController, type Controller } from "@/server/runtime/controller";
import { requeueAfter } from "@/server/runtime/result";

const DAY_MS = 24 * 60 * 60 * 1000;
const EVERY_MS = 10 * 60 * 1000;

/** Items kept of one service, and of all together (some 200 MB). Told in `docs/history.md`. */
export const HISTORY_ROWS = { perService: 5_000, total: 300_000 } as const;

/** Forgets what is older than `days` or over the bounds, at start and every ten minutes. */
export function createForgetHistory(options: {
  readonly database: Database;
  readonly days: number;
  readonly clock: Clock;
  readonly log: Logger;
}): Controller {
  const { database, days, clock, log } = options;
  const queue = createController({
    name: "forget-history",
    onError: (error) =>
      log.warn({ error }, "old history could not be forgotten and will be tried again"),
    reconcile: async () => {
      const before = new Date(clock.now().getTime() - days * DAY_MS);
      const pruned = await pruneTimeline(database.prisma, { before, ...HISTORY_ROWS });
      await pruneWebhookQueue(database.prisma, before);
      if (pruned > 0) log.info({ pruned, days }, "old history was forgotten");
      return requeueAfter(EVERY_MS);
    },
  });
  queue.enqueue("timeline");
  return queue;
}
