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
import { systemTimers, type Timers } from "@/server/runtime/timers";
import { attachmentItems } from "./attachment-items";
import { createChainServices } from "./chain-services";
import { createEventItems } from "./event-items";
import { toChangeItem } from "./happening";
import { happeningsOf } from "./happenings-of";
import { Recorder, type Recording } from "./recorder";

export type HistoryControllerDeps = {
  readonly index: Pick<ObjectIndex, "get" | "list" | "usesOf" | "attachmentOf" | "subscribe">;
  readonly timeline: Pick<TimelineStore, "append">;
  readonly marks: HistoryMarks;
  readonly clock: Clock;
  readonly timers?: Timers;
  readonly onError: (error: unknown, key: string) => void;
  /** Told when it becomes possible or impossible to store the history. */
  readonly onRecording?: (recording: Recording) => void;
  /** Told which services have new items, as `namespace/name`. */
  readonly onRecorded?: (services: ReadonlySet<string>) => void;
};

export interface HistoryController {
  readonly name: string;
  /** To be called once the index is synced. */
  start(): void;
  /** Resolves when what was seen is stored and the mark says until when. */
  stop(): Promise<void>;
  /** Puts every transition on the service's timeline; again is a no-op. */
  recordAttachment(attachment: Attachment): void;
  /** Puts items that others made on timelines, as soon as the database takes them. */
  record(items: readonly NewTimelineItem[]): void;
  /** Whether every watch works, and until when what is known of the cluster is true. */
  setWatched(watched: boolean, observedAt: string | null): void;
}

const FILL_SLICE = 200;

/**
 * Records what happens in the chain of every service, past the time the cluster keeps its events. At start it takes the
 * events the cluster still has. Where the history is not whole, because nobody looked, the cluster could not be watched
 * or the database could not be written, the timelines say so.
 */
export function createHistoryController(deps: HistoryControllerDeps): HistoryController {
  return new History(deps);
}

class History implements HistoryController {
  readonly name = "history";
  readonly #deps: HistoryControllerDeps;
  readonly #chain;
  readonly #events = createEventItems();
  /** Events about pods that the watch of pods has not told yet, by the pod's key. */
  readonly #early = new Map<string, Map<string, KubeEvent>>();
  readonly #recorder: Recorder;
  #startedAt = new Date(0);
  #unsubscribe = (): void => undefined;

  constructor(deps: HistoryControllerDeps) {
    this.#deps = deps;
    this.#chain = createChainServices(deps.index);
    this.#recorder = new Recorder(
      {
        onRecording: () => undefined,
        onRecorded: () => undefined,
        ...deps,
        timers: deps.timers ?? systemTimers,
        services: () => deps.index.list("inferenceservices"),
      },
      () => this.#fill(),
    );
  }

  start(): void {
    this.#startedAt = this.#deps.clock.now();
    this.#unsubscribe = this.#deps.index.subscribe((changed) => this.#see(changed));
    this.#recorder.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#recorder.stop();
  }

  recordAttachment(attachment: Attachment): void {
    this.record(attachmentItems(attachment));
  }

  record(items: readonly NewTimelineItem[]): void {
    this.#recorder.add(items);
  }

  setWatched(watched: boolean, observedAt: string | null): void {
    this.#recorder.setWatched(watched, observedAt === null ? null : new Date(observedAt));
  }

  #see({ changes }: ChangedKeys): void {
    this.#chain.forgetJoins();
    const at = this.#deps.clock.now().toISOString();
    for (const change of changes) {
      if (change.plural === "events") this.#seeEvent(change);
      else for (const part of apart(change)) this.#seeObject(part, at);
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
    this.record(
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
      if (services.length > 0) this.record(this.#events.add(event, services));
      return;
    }
    const key = podKeyOf(event);
    const early = this.#early.get(key) ?? new Map<string, KubeEvent>();
    this.#early.set(key, early.set(event.metadata.uid, event));
  }

  async #fill(): Promise<void> {
    const { index, marks } = this.#deps;
    const services = index.list("inferenceservices");
    const from = await marks.recordedUntil();
    if (from !== null) this.#recorder.addHole({ why: "away", from, to: this.#startedAt });
    await this.#inSlices(index.list("pods"), (object) =>
      this.#seeObject({ plural: "pods", object, previous: null, type: "added" }, ""),
    );
    await this.#inSlices(services, (object) => {
      this.#seeObject({ plural: "inferenceservices", object, previous: null, type: "added" }, "");
      // Its last transitions may have been stored right before an end that left no time to record them here.
      const attachment = index.attachmentOf(`${object.metadata.namespace}/${object.metadata.name}`);
      if (attachment !== null) this.recordAttachment(attachment);
    });
    await this.#inSlices(index.list("events"), (event) => this.#record(event));
  }

  /** Leaves the event loop free between slices. */
  async #inSlices<T>(items: readonly T[], see: (item: T) => void): Promise<void> {
    for (let start = 0; start < items.length; start += FILL_SLICE) {
      items.slice(start, start + FILL_SLICE).forEach(see);
      await this.#recorder.flush();
      await setImmediate();
    }
  }
}

function podKeyOf({ involvedObject, metadata }: KubeEvent): string {
  return `${involvedObject.namespace ?? metadata.namespace}/${involvedObject.name ?? ""}`;
}

/** An object of the same name that is another one: the first went, the second came. */
function apart(change: IndexChange): IndexChange[] {
  const { object, previous, type } = change;
  if (type !== "modified" || previous === null || previous.metadata.uid === object.metadata.uid)
    return [change];
  return [
    { ...change, object: previous, type: "deleted" } as IndexChange, // of the same plural as it was
    { ...change, previous: null, type: "added" },
  ];
}
