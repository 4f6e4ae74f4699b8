import type { Attachment } from "@/server/contract/attachment";
import type { AttachmentStore } from "@/server/ports";
import {
  createController,
  type Controller,
  type ControllerOptions,
} from "@/server/runtime/controller";
import { requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import { createOpenAttachments } from "./open-attachments";

/** What the object index tells after a change. */
export type Changed = {
  readonly services: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
};

export interface AttachmentController extends Controller {
  /** Takes note of an attachment that was stored or changed by someone else (a verb) and reconciles it soon. */
  accept(attachment: Attachment): void;
}

export type AttachmentControllerDeps = Pick<ControllerOptions, "onError" | "backoff" | "timers"> & {
  readonly store: AttachmentStore;
  readonly reconcile: (id: string) => Promise<ReconcileResult>;
  /** `ObjectIndex.subscribe`. */
  readonly subscribe: (listener: (changed: Changed) => void) => () => void;
};

/** The key that reads every open attachment from the store. No ULID contains it. */
const ALL_OPEN = "*";
/** Safety net for what was stored without `accept`, such as by a process that ended right after. */
const REREAD_MS = 60_000;

/**
 * Reconciles the open attachments: all of them at start, one when its service or its claim changes, and one that is
 * `accept`ed. What was stored before a crash is found at the next start.
 */
export function createAttachmentController(deps: AttachmentControllerDeps): AttachmentController {
  const open = createOpenAttachments();
  const queue = createController({
    name: "attachment",
    workers: 8,
    onError: deps.onError,
    ...(deps.backoff && { backoff: deps.backoff }),
    ...(deps.timers && { timers: deps.timers }),
    reconcile: (key) => (key === ALL_OPEN ? readOpen() : reconcileOpen(key)),
  });
  let unsubscribe = (): void => undefined;

  async function readOpen(): Promise<ReconcileResult> {
    for (const { attachment } of await deps.store.listOpen()) accept(attachment);
    return requeueAfter(REREAD_MS);
  }

  async function reconcileOpen(id: string): Promise<ReconcileResult> {
    const result = await deps.reconcile(id);
    const attachment = await deps.store.get(id);
    if (attachment === null || attachment.closedAt !== null) open.remove(id);
    return result;
  }

  function accept(attachment: Attachment): void {
    // The one it took the place of is closed by now; reconciling it tells everyone.
    for (const id of open.ofService(`${attachment.namespace}/${attachment.name}`))
      queue.enqueue(id);
    open.add(attachment);
    queue.enqueue(attachment.id);
  }

  return {
    name: queue.name,
    accept,
    enqueue: (id) => queue.enqueue(id),
    start() {
      unsubscribe = deps.subscribe((changed) => {
        for (const id of open.affectedBy(changed)) queue.enqueue(id);
      });
      queue.enqueue(ALL_OPEN);
      queue.start();
    },
    stop() {
      unsubscribe();
      return queue.stop();
    },
    idle: () => queue.idle(),
  };
}
