import type { Logger } from "pino";

import { type Config, maskUrl } from "@/server/config";
import type { Cluster } from "@/server/contract/cluster";
import { createWebhookController } from "@/server/controllers/webhook/webhook-controller";
import type { Database } from "@/server/db/open-database";
import { createWebhookQueue } from "@/server/db/webhook-queue";
import type { WebhookSummary } from "@/server/notification-ports";
import type { Clock } from "@/server/ports";
import { createWebhookSender } from "@/server/webhook/webhook-sender";

export type NotificationState = Cluster["notifications"];

/** The webhook of this process. */
export type Notifications = {
  start(): void;
  /** There is something new to send. */
  wake(): void;
  stop(): Promise<void>;
  state(): NotificationState;
};

/** Sends what the database holds to the configured webhook; where none is configured, it sends and reads nothing. */
export function createNotifications(options: {
  readonly config: Pick<Config, "webhook">;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** What `state` says is another. */
  readonly onChange: () => void;
}): Notifications {
  const { config, database, clock, log, version } = options;
  const { webhook } = config;
  if (webhook === null) return SILENT;
  let summary: WebhookSummary | null = null;
  const sender = createWebhookSender({ ...webhook, clock, userAgent: `mooring/${version}` });
  const controller = createWebhookController({
    queue: createWebhookQueue(database.prisma),
    sender,
    onSummary: (next) => {
      summary = next;
      options.onChange();
    },
    onFailure: (failure) => log.warn(failure, "a webhook message could not be delivered"),
    onError: (error) => log.warn({ error }, "the webhook's queue failed and will be tried again"),
  });
  return {
    start: () => controller.start(),
    wake: () => controller.wake(),
    stop: async () => {
      await controller.stop();
      await sender.close();
    },
    state: () => toState(maskUrl(webhook.url), summary),
  };
}

const SILENT: Notifications = {
  start: () => undefined,
  wake: () => undefined,
  stop: () => Promise.resolve(),
  state: () => toState(null, null),
};

const NOT_READ = {
  pending: null,
  delivered: null,
  givenUp: null,
  lastDeliveredAt: null,
  lastError: null,
} as const;

function toState(target: string | null, summary: WebhookSummary | null): NotificationState {
  if (summary === null) return { target, ...NOT_READ };
  return { ...summary, target, lastDeliveredAt: summary.lastDeliveredAt?.toISOString() ?? null };
}
