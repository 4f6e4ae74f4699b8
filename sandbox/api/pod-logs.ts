import type { PodReference } from "./client";

export interface LogLine {
  at: string;
  text: string;
}

interface Log {
  lines: LogLine[];
  /** Of the start before. */
  previous: LogLine[];
  listeners: Set<(line: LogLine) => void>;
}

const LINES_KEPT = 5_000;

/** What containers have written. A pod that comes back under the same name has another uid and so another log. */
export class PodLogs {
  readonly #logs = new Map<string, Log>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  append(pod: PodReference, container: string, text: string): void {
    const log = this.#log(pod, container);
    const line = { at: this.#now().toISOString(), text };
    log.lines.push(line);
    if (log.lines.length > LINES_KEPT) log.lines.splice(0, LINES_KEPT / 10);
    for (const listener of [...log.listeners]) listener(line);
  }

  /** The container starts anew: what it has written becomes the previous log, and the one before that is gone. */
  rotate(pod: PodReference, container: string): void {
    const log = this.#log(pod, container);
    log.previous = log.lines;
    log.lines = [];
  }

  /** Every log of a pod that is gone. */
  forget(uid: string): void {
    for (const key of this.#logs.keys()) if (key.startsWith(`${uid}/`)) this.#logs.delete(key);
  }

  read(uid: string, container: string): readonly LogLine[] {
    return this.#logs.get(`${uid}/${container}`)?.lines ?? [];
  }

  readPrevious(uid: string, container: string): readonly LogLine[] {
    return this.#logs.get(`${uid}/${container}`)?.previous ?? [];
  }

  follow(uid: string, container: string, listener: (line: LogLine) => void): () => void {
    const { listeners } = this.#log({ uid }, container);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #log({ uid }: Pick<PodReference, "uid">, container: string): Log {
    const key = `${uid}/${container}`;
    let log = this.#logs.get(key);
    if (!log) {
      log = { lines: [], previous: [], listeners: new Set() };
      this.#logs.set(key, log);
    }
    return log;
  }
}
