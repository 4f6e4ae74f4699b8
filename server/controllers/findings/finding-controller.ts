import type { Finding, FindingCode } from "@/server/contract/finding";
import type { ObjectKey } from "@/server/contract/service-view";
import type {
  FindingChange,
  NewWebhookMessage,
  OpenFinding,
  OpenFindingStore,
} from "@/server/notification-ports";
import { createController, type Controller } from "@/server/runtime/controller";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import { systemTimers, type Timers } from "@/server/runtime/timers";
import { planFindingChanges, type SeenFinding, toldFindings } from "./plan-finding-changes";

/** How long a finding must be there, or gone, without a break before that is told. */
export const SETTLE_MS = 10_000;

const BACKOFF = { baseMs: 500, maxMs: 10_000 };
const LOAD = "load"; // no service's key: those have a slash

export type FindingControllerDeps = {
  readonly store: OpenFindingStore;
  readonly timers?: Timers;
  /** The messages that are stored with the changes; none where no webhook is configured. */
  readonly messagesOf: (changes: readonly FindingChange[]) => readonly NewWebhookMessage[];
  /** Told once the changes are stored. */
  readonly onChange: (changes: readonly FindingChange[]) => void;
  readonly onError: (error: unknown, key: string) => void;
};

export interface FindingController {
  /** The service has these findings now; none when it is gone. */
  see(service: ObjectKey, findings: readonly Finding[]): void;
  /** To be called once every service was seen: what is open and was not seen is gone. */
  start(): void;
  stop(): Promise<void>;
}

/**
 * Notices which findings of which services open and close, once each: what was told before a restart is not told again,
 * and what closed meanwhile is told as closed.
 */
export function createFindingController(deps: FindingControllerDeps): FindingController {
  return new FindingWatch(deps);
}

type ByCode<T> = Map<FindingCode, T>;

class FindingWatch implements FindingController {
  readonly #deps: FindingControllerDeps;
  readonly #timers: Timers;
  readonly #queue: Controller;
  readonly #seen = new Map<string, ByCode<SeenFinding>>();
  readonly #gone = new Map<string, ByCode<number>>();
  /** null: not read from the store yet. */
  #open: Map<string, ByCode<OpenFinding>> | null = null;

  constructor(deps: FindingControllerDeps) {
    this.#deps = deps;
    this.#timers = deps.timers ?? systemTimers;
    this.#queue = createController({
      name: "findings",
      onError: deps.onError,
      timers: this.#timers,
      backoff: BACKOFF,
      reconcile: (key) => (key === LOAD ? this.#load() : this.#reconcile(key)),
    });
  }

  see({ namespace, name }: ObjectKey, findings: readonly Finding[]): void {
    const key = `${namespace}/${name}`;
    const before = this.#seen.get(key);
    const told = toldFindings(findings);
    if (told.size === 0 && before === undefined) return; // nothing to tell, as before
    const nowMs = this.#timers.now();
    const seen = [...told].map(([code, finding]): [FindingCode, SeenFinding] => [
      code,
      { finding, sinceMs: before?.get(code)?.sinceMs ?? nowMs },
    ]);
    if (seen.length === 0) this.#seen.delete(key);
    else this.#seen.set(key, new Map(seen));
    this.#noteGone(key);
    this.#queue.enqueue(key);
  }

  start(): void {
    this.#queue.enqueue(LOAD);
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  #noteGone(key: string): void {
    const seen = this.#seen.get(key);
    const before = this.#gone.get(key);
    const gone = [...(this.#open?.get(key)?.keys() ?? [])]
      .filter((code) => seen?.has(code) !== true)
      .map((code): [FindingCode, number] => [code, before?.get(code) ?? this.#timers.now()]);
    if (gone.length === 0) this.#gone.delete(key);
    else this.#gone.set(key, new Map(gone));
  }

  async #load(): Promise<ReconcileResult> {
    if (this.#open !== null) return DONE;
    const open = new Map<string, ByCode<OpenFinding>>();
    for (const finding of await this.#deps.store.list()) {
      const key = `${finding.service.namespace}/${finding.service.name}`;
      const ofService: ByCode<OpenFinding> = open.get(key) ?? new Map<FindingCode, OpenFinding>();
      open.set(key, ofService.set(finding.code, finding));
    }
    this.#open = open;
    for (const key of new Set([...open.keys(), ...this.#seen.keys()])) {
      this.#noteGone(key);
      this.#queue.enqueue(key);
    }
    return DONE;
  }

  async #reconcile(key: string): Promise<ReconcileResult> {
    if (this.#open === null) return DONE; // comes again once it was read
    const slash = key.indexOf("/");
    const plan = planFindingChanges(
      {
        service: { namespace: key.slice(0, slash), name: key.slice(slash + 1) },
        seen: this.#seen.get(key) ?? new Map(),
        open: this.#open.get(key) ?? new Map(),
        goneSinceMs: this.#gone.get(key) ?? new Map(),
      },
      { nowMs: this.#timers.now(), settleMs: SETTLE_MS },
    );
    if (plan.changes.length > 0) {
      await this.#deps.store.apply(plan.changes, this.#deps.messagesOf(plan.changes));
      this.#remember(key, plan.changes);
      this.#deps.onChange(plan.changes);
    }
    return plan.dueInMs === null ? DONE : requeueAfter(plan.dueInMs);
  }

  #remember(key: string, changes: readonly FindingChange[]): void {
    const open = new Map(this.#open?.get(key));
    for (const { closedAt, ...finding } of changes) {
      if (closedAt === null) open.set(finding.code, finding);
      else open.delete(finding.code);
    }
    if (open.size === 0) this.#open?.delete(key);
    else this.#open?.set(key, open);
    this.#noteGone(key);
    if (open.size > 0 || this.#seen.has(key)) this.#queue.enqueue(key); // it may have changed while this was stored
  }
}
