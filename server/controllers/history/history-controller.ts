import { setImmediate } from "node:timers/promises";

import type { Attachment } from "@/server/contract/attachment";
import type { ChangedKeys, IndexChange, ObjectIndex } from "@/server/cluster/object-index";
import type { KubeEvent, Pod } from "@/server/domain/objects";
import {
  kindOfPlural,
  type Clock,
  type HistoryMarks,
  type NewTimelineItem,
  type TimelineStore,
} from "@/server/ports";
import { createController } from "@/server/runtime/controller";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import { systemTimers, type Timers } from "@/server/runtime/timers";
import { attachmentItems } from "./attachment-items";
import { createChainServices } from "./chain-services";
import { createEventItems } from "./event-items";
import { gapItems } from "./gap-items";
import { toChangeItem } from "./happening";
import { happeningsOf } from "./happenings-of";

export type HistoryControllerDeps = {
  readonly index: Pick<ObjectIndex, "get" | "list" | "usesOf" | "attachmentOf" | "subscribe">;
  readonly timeline: TimelineStore;
  readonly marks: HistoryMarks;
  readonly clock: Clock;
  readonly timers?: Timers;
  readonly onError: (error: unknown, key: string) => void;
};

export interface HistoryController {
  readonly name: string;
  /** To be called once the index is synced. */
  start(): void;
  /** Resolves when what was seen is stored and the mark says until when. */
  stop(): Promise<void>;
  /** Puts every transition on the service's timeline; again is a no-op. */
  recordAttachment(attachment: Attachment): void;
}

const FLUSH_MS = 200;
const MARK_MS = 15_000;
const FILL_SLICE = 200;
/** With the database away for long, the newest are kept. */
const MOST_BUFFERED = 20_000;

/**
 * Records what happens in the chain of every service, past the time the cluster keeps its events. At start it takes the
 * events the cluster still has, and says where the time before this process was not recorded.
 */
export function createHistoryController(deps: HistoryControllerDeps): HistoryController {
  return new History(deps);
}

class History implements HistoryController {
  readonly name = "history";
  readonly #deps: HistoryControllerDeps;
  readonly #timers: Timers;
  readonly #chain;
  readonly #events = createEventItems();
  /** Events about pods that the watch of pods has not told yet, by the pod's key. */
  readonly #early = new Map<string, Map<string, KubeEvent>>();
  readonly #queue;
  #buffer: NewTimelineItem[] = [];
  #flushAsked = false;
  #startedAt = new Date(0);
  #unsubscribe = (): void => undefined;

  constructor(deps: HistoryControllerDeps) {
    this.#deps = deps;
    this.#timers = deps.timers ?? systemTimers;
    this.#chain = createChainServices(deps.index);
    const work: Record<string, () => Promise<ReconcileResult>> = {
      fill: () => this.#fill(),
      flush: () => this.#flush().then(() => DONE),
      mark: () => this.#mark(),
    };
    this.#queue = createController({
      name: this.name,
      onError: deps.onError,
      timers: this.#timers,
      reconcile: (key) => work[key]?.() ?? Promise.resolve(DONE),
    });
  }

  start(): void {
    this.#startedAt = this.#deps.clock.now();
    this.#unsubscribe = this.#deps.index.subscribe((changed) => this.#see(changed));
    this.#queue.enqueue("fill");
    this.#queue.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#queue.stop();
    await this.#mark().catch((error: unknown) => this.#deps.onError(error, "mark"));
  }

  recordAttachment(attachment: Attachment): void {
    this.#add(attachmentItems(attachment));
  }

  #see({ changes }: ChangedKeys): void {
    this.#chain.forgetJoins();
    const at = this.#deps.clock.now().toISOString();
    for (const change of changes) {
      if (change.plural === "events") this.#seeEvent(change);
      else this.#seeObject(change, at);
    }
  }

  #seeObject(change: IndexChange, at: string): void {
    const { plural, object, type } = change;
    if (plural === "pods") this.#seePod(object);
    const happenings = happeningsOf(change);
    if (happenings.length === 0) return;
    const { metadata } = object;
    // What was made while nobody looked was not made now.
    const isNew = type === "added";
    const happenedTo = {
      kind: kindOfPlural[plural],
      metadata,
      at: isNew ? metadata.creationTimestamp : at,
    };
    const services = this.#chain.ofObject(plural, object);
    this.#add(
      services.flatMap((service) =>
        happenings.map((happening) => toChangeItem(happening, happenedTo, service)),
      ),
    );
  }

  #seePod(pod: Pod): void {
    this.#chain.rememberPod(pod);
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const early = this.#early.get(key);
    this.#early.delete(key);
    for (const event of early?.values() ?? []) this.#record(event);
  }

  #seeEvent({ object: event, type }: IndexChange<"events">): void {
    if (type !== "deleted") {
      this.#record(event);
      return;
    }
    this.#events.remove(event);
    const early = this.#early.get(podKeyOf(event));
    early?.delete(event.metadata.uid);
    if (early?.size === 0) this.#early.delete(podKeyOf(event));
  }

  #record(event: KubeEvent): void {
    const services = this.#chain.ofEvent(event);
    if (services !== null) {
      if (services.length > 0) this.#add(this.#events.add(event, services));
      return;
    }
    const key = podKeyOf(event);
    const early = this.#early.get(key) ?? new Map<string, KubeEvent>();
    this.#early.set(key, early.set(event.metadata.uid, event));
  }

  #add(items: readonly NewTimelineItem[]): void {
    if (items.length === 0) return;
    this.#buffer.push(...items);
    if (this.#buffer.length > MOST_BUFFERED) this.#buffer = this.#buffer.slice(-MOST_BUFFERED);
    if (this.#flushAsked) return;
    this.#flushAsked = true;
    this.#timers.after(FLUSH_MS, () => this.#queue.enqueue("flush"));
  }

  async #flush(): Promise<void> {
    this.#flushAsked = false;
    const items = this.#buffer;
    this.#buffer = [];
    try {
      await this.#deps.timeline.append(items);
    } catch (error) {
      this.#buffer = [...items, ...this.#buffer];
      throw error;
    }
  }

  async #fill(): Promise<ReconcileResult> {
    const { index, marks, timeline } = this.#deps;
    const services = index.list("inferenceservices");
    const hole = { from: await marks.recordedUntil(), to: this.#startedAt };
    await timeline.append(gapItems(services, hole));
    await this.#inSlices(index.list("pods"), (pod) => this.#seePod(pod));
    await this.#inSlices(services, (object) => {
      this.#seeObject({ plural: "inferenceservices", object, previous: null, type: "added" }, "");
      // Its last transitions may have been stored right before an end that left no time to record them here.
      const attachment = index.attachmentOf(`${object.metadata.namespace}/${object.metadata.name}`);
      if (attachment !== null) this.recordAttachment(attachment);
    });
    await this.#inSlices(index.list("events"), (event) => this.#record(event));
    this.#queue.enqueue("mark");
    return DONE;
  }

  /** Leaves the event loop free between slices. */
  async #inSlices<T>(items: readonly T[], see: (item: T) => void): Promise<void> {
    for (let start = 0; start < items.length; start += FILL_SLICE) {
      items.slice(start, start + FILL_SLICE).forEach(see);
      await this.#flush();
      await setImmediate();
    }
  }

  /** Only what is stored counts as recorded. */
  async #mark(): Promise<ReconcileResult> {
    const until = this.#deps.clock.now();
    await this.#flush();
    await this.#deps.marks.recordUntil(until);
    return requeueAfter(MARK_MS);
  }
}

function podKeyOf({ involvedObject, metadata }: KubeEvent): string {
  return `${involvedObject.namespace ?? metadata.namespace}/${involvedObject.name ?? ""}`;
}
