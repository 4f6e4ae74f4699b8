import type { FindingCode, Severity } from "@/server/contract/finding";
import type { ObjectKey } from "@/server/contract/service-view";

/** A finding of a service that was told as open. One per service and code. */
export type OpenFinding = {
  readonly service: ObjectKey;
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly nextStep: string;
  readonly openedAt: Date;
};

/** A finding that opened (`closedAt` null) or closed. */
export type FindingChange = OpenFinding & { readonly closedAt: Date | null };

/** One store per cluster id. */
export interface OpenFindingStore {
  list(): Promise<readonly OpenFinding[]>;
  /** Stores the changes, and the messages about them for the webhook: all or nothing. Again is a no-op but for the messages. */
  apply(changes: readonly FindingChange[], messages: readonly NewWebhookMessage[]): Promise<void>;
}

export type NewWebhookMessage = {
  /** Messages about the same thing go out one after the other. */
  readonly subject: string;
  /** The body, to the byte. */
  readonly payload: string;
  readonly createdAt: Date;
};

export type WebhookMessage = NewWebhookMessage & {
  readonly id: string;
  /** Failed ones. */
  readonly attempts: number;
  readonly nextAttemptAt: Date;
};

/** What waits to be sent, whichever cluster it is about; outlives the process. */
export interface WebhookQueue {
  /** Oldest first, at most `limit`. */
  pending(limit: number): Promise<readonly WebhookMessage[]>;
  delivered(id: string, at: Date): Promise<void>;
  retry(id: string, next: { readonly at: Date; readonly error: string }): Promise<void>;
  giveUp(id: string, end: { readonly at: Date; readonly error: string }): Promise<void>;
  summary(): Promise<WebhookSummary>;
}

export type WebhookSummary = {
  readonly pending: number;
  readonly delivered: number;
  readonly givenUp: number;
  readonly lastDeliveredAt: Date | null;
  /** Of the oldest message that failed and still waits; null while none does. */
  readonly lastError: string | null;
};

export type SendResult =
  | { readonly kind: "delivered" }
  /** The receiver cannot be had; other messages would fare no better. */
  | { readonly kind: "unreachable"; readonly error: string }
  /** The receiver does not want this message as it is. */
  | { readonly kind: "rejected"; readonly error: string };

/** Sends one message to the configured webhook, signed. Never throws. */
export interface WebhookSender {
  send(message: { readonly id: string; readonly payload: string }): Promise<SendResult>;
}
