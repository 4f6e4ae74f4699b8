import type { ClaimView } from "@/server/contract/claim-view";
import type { ServiceView } from "@/server/contract/service-view";
import type { ObjectIndex } from "@/server/cluster/object-index";
import { AppError } from "@/server/errors";
import type { Timers } from "@/server/runtime/timers";
import { LiveRows, type RowChanges } from "./live-rows";

/** The rows of both lists as they are now. */
export interface RowCache {
  /** The cluster was read and every row is there. */
  readonly ready: boolean;
  whenReady(): Promise<void>;
  /** @throws AppError `ServiceUnavailable` unless ready. */
  requireReady(): void;
  /** @throws AppError `ServiceUnavailable` before the cluster was read for the first time. */
  services(): readonly ServiceView[];
  /** @throws AppError `ServiceUnavailable` before the cluster was read for the first time. */
  claims(): readonly ClaimView[];
  service(key: string): ServiceView | null;
  claim(key: string): ClaimView | null;
  /** Everything may have changed: the operator's settings, what is visible. */
  recompute(): void;
  /** Computes every row, then follows the index. Resolves when the first rows are all published. */
  start(): Promise<void>;
  stop(): void;
}

export type RowCacheOptions = {
  readonly index: Pick<ObjectIndex, "list" | "subscribe">;
  readonly computeService: (key: string) => ServiceView | null;
  readonly computeClaim: (key: string) => ClaimView | null;
  readonly publishServices: (changes: RowChanges<ServiceView>) => void;
  readonly publishClaims: (changes: RowChanges<ClaimView>) => void;
  readonly timers: Timers;
  /** A row that cannot be computed is a bug of ours; the others go on. */
  readonly onError: (error: unknown, key: string) => void;
};

/** Changes that come together are computed together. */
const COALESCE_MS = 1;
/** Rows that say "since" or "for" age; so do attachments that wait. */
const AGE_MS = 5_000;
/** Rows per turn of the event loop. */
const BATCH = 200;

/**
 * Keeps the rows of both lists, computing again only what the index says has changed, and publishes those that came out
 * different. Rows of services that are not Ready or download, and rows with findings, are also computed every 5 s:
 * some rules look at the clock.
 */
export function createRowCache(options: RowCacheOptions): RowCache {
  return new Cache(options);
}

class Cache implements RowCache {
  readonly #options: RowCacheOptions;
  readonly #services: LiveRows<ServiceView>;
  readonly #claims: LiveRows<ClaimView>;
  readonly #whenReady: Promise<void>;
  #becomeReady: () => void = () => undefined;
  ready = false;
  #unsubscribe: (() => void) | null = null;
  #cancelFlush: (() => void) | null = null;
  #cancelAgeing: (() => void) | null = null;

  constructor(options: RowCacheOptions) {
    this.#options = options;
    this.#whenReady = new Promise((resolve) => (this.#becomeReady = resolve));
    this.#services = this.#rows(options.computeService);
    this.#claims = this.#rows(options.computeClaim);
  }

  whenReady(): Promise<void> {
    return this.#whenReady;
  }

  requireReady(): void {
    if (this.ready) return;
    throw new AppError("ServiceUnavailable", "Mooring is still reading the cluster", {
      retryAfterSeconds: 1,
    });
  }

  services(): readonly ServiceView[] {
    this.requireReady();
    return this.#services.list();
  }

  claims(): readonly ClaimView[] {
    this.requireReady();
    return this.#claims.list();
  }

  service(key: string): ServiceView | null {
    this.requireReady();
    return this.#services.get(key);
  }

  claim(key: string): ClaimView | null {
    this.requireReady();
    return this.#claims.get(key);
  }

  recompute(): void {
    const { index } = this.#options;
    this.#services.markChanged(index.list("inferenceservices").map(keyOf));
    this.#claims.markChanged(index.list("persistentvolumeclaims").map(keyOf));
    this.#scheduleFlush(COALESCE_MS);
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#options.index.subscribe((changed) => {
      this.#services.markChanged(changed.services);
      this.#claims.markChanged(changed.claims);
      this.#scheduleFlush(COALESCE_MS);
    });
    this.recompute();
    while (this.#services.pending || this.#claims.pending) {
      this.#flush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.ready = true;
    this.#becomeReady();
    this.#age();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#cancelFlush?.();
    this.#cancelAgeing?.();
  }

  /** A row that fails to compute stays as it was. */
  #rows<Row>(compute: (key: string) => Row | null): LiveRows<Row> {
    const rows: LiveRows<Row> = new LiveRows<Row>((key) => {
      try {
        return compute(key);
      } catch (error) {
        this.#options.onError(error, key);
        return rows.get(key);
      }
    });
    return rows;
  }

  #scheduleFlush(afterMs: number): void {
    this.#cancelFlush ??= this.#options.timers.after(afterMs, () => {
      this.#cancelFlush = null;
      this.#flush();
      if (this.#services.pending || this.#claims.pending) this.#scheduleFlush(0);
    });
  }

  #flush(): void {
    this.#options.publishServices(this.#services.flush(BATCH));
    this.#options.publishClaims(this.#claims.flush(BATCH));
  }

  #age(): void {
    for (const [key, row] of this.#services.entries()) {
      if (ages(row)) this.#services.markAged(key);
    }
    for (const [key, row] of this.#claims.entries()) {
      if (row.findings.length > 0) this.#claims.markAged(key);
    }
    if (this.#services.pending || this.#claims.pending) this.#scheduleFlush(0);
    this.#cancelAgeing = this.#options.timers.after(AGE_MS, () => this.#age());
  }
}

/** Whether time alone can make the row another one. */
function ages({ phase, findings, download }: ServiceView): boolean {
  return phase !== "Ready" || findings.length > 0 || download?.state === "Running";
}

function keyOf({ metadata }: { metadata: { namespace: string; name: string } }): string {
  return `${metadata.namespace}/${metadata.name}`;
}
