import type { FindingChange, NewWebhookMessage } from "@/server/notification-ports";

/** What every message says of where it comes from. */
export type Sender = {
  readonly clusterId: string;
  /** Where people open Mooring, without a slash at its end; null: messages carry no link. */
  readonly publicUrl: string | null;
};

/** The webhook's message about one change, in the shape of `docs/notifications.md`. Equal input, equal bytes. */
export function buildFindingMessage(
  change: FindingChange,
  { clusterId, publicUrl }: Sender,
  now: Date,
): NewWebhookMessage {
  const { service, code, severity, message, nextStep, openedAt, closedAt } = change;
  const { namespace, name } = service;
  const page = `/namespaces/${namespace}/inferenceservices/${name}`;
  const body = {
    type: closedAt === null ? "finding.opened" : "finding.closed",
    timestamp: (closedAt ?? openedAt).toISOString(),
    data: {
      clusterId,
      namespace,
      name,
      code,
      severity,
      message,
      nextStep,
      link: publicUrl === null ? null : `${publicUrl}${page}`,
      openedAt: openedAt.toISOString(),
      closedAt: closedAt?.toISOString() ?? null,
    },
  };
  const subject = `${clusterId}/${namespace}/${name}/${code}`;
  return { subject, payload: JSON.stringify(body), createdAt: now };
}
