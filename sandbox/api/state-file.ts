import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { keyOf } from "./collection";
import { asRecord, asText, isRecord } from "./json";
import type { KubeObject } from "./objects";
import type { StoredObject, StoredState, StoreEvent } from "./store";

const FORMAT = 1;
/** Appended lines are folded into a fresh file at this size, or at twice what the file held then. */
const FOLD_AT_BYTES = 16 * 1024 * 1024;

/**
 * The objects of a store in one file, so that the next start finds them: a header, then a line for each write. A line is
 * with the operating system before any client learns of the write; a last line that a crash cut short is left out.
 */
export class StateFile {
  readonly #path: string;
  readonly #objects = new Map<string, StoredObject>();
  #version = 0;
  #file: number | undefined;
  #bytes = 0;
  #foldAt = FOLD_AT_BYTES;
  readonly #found: boolean;

  /** Reads what is there. @throws Error naming the path when it is no state of this program. */
  constructor(path: string) {
    this.#path = path;
    const text = read(path);
    this.#found = text !== undefined;
    if (text !== undefined) this.#load(text);
  }

  /** What an earlier life left; undefined when there was none. */
  get state(): StoredState | undefined {
    if (!this.#found) return undefined;
    return { version: this.#version, objects: [...this.#objects.values()] };
  }

  /** Takes note of a commit; once `begin` was called, in the file too. */
  record(resource: string, { type, version, object }: StoreEvent): void {
    const isGone = type === "DELETED";
    this.#set(resource, object, isGone);
    this.#version = version;
    if (this.#file === undefined) return;
    const { namespace, name } = object.metadata;
    const line = isGone
      ? { resource, gone: { namespace, name }, version }
      : { resource, object, version };
    this.#bytes += writeSync(this.#file, `${JSON.stringify(line)}\n`);
    if (this.#bytes > this.#foldAt) this.begin();
  }

  /** Writes the whole as it stands in place of what was there, and every commit from now on behind it. */
  begin(): void {
    this.close();
    const head = { format: FORMAT, version: this.#version };
    const lines = [head, ...this.#objects.values()].map((line) => JSON.stringify(line));
    const text = `${lines.join("\n")}\n`;
    const next = `${this.#path}.next`;
    writeFileSync(next, text, { mode: 0o600 });
    renameSync(next, this.#path);
    this.#file = openSync(this.#path, "a", 0o600);
    this.#bytes = 0;
    this.#foldAt = Math.max(FOLD_AT_BYTES, 2 * text.length);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #set(resource: string, object: KubeObject, isGone: boolean): void {
    const key = `${resource} ${keyOf(object.metadata.namespace, object.metadata.name)}`;
    if (isGone) this.#objects.delete(key);
    else this.#objects.set(key, { resource, object });
  }

  #load(text: string): void {
    const [head = "", ...lines] = text.split("\n");
    const { format, version } = asRecord(parse(head));
    if (format !== FORMAT) {
      throw new Error(
        `${this.#path} is not a state this sandbox can read; remove it to start anew`,
      );
    }
    this.#version = Number(version);
    for (const line of lines) {
      const entry = parse(line);
      if (!isRecord(entry)) return; // the end, or a line that a crash cut short
      const gone = isRecord(entry["gone"]) ? { metadata: entry["gone"] } : undefined;
      // every line was written by `record` or `begin`, from a stored object
      const object = (gone ?? entry["object"]) as KubeObject;
      this.#set(asText(entry["resource"]), object, gone !== undefined);
      this.#version = Math.max(this.#version, Number(entry["version"] ?? 0));
    }
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** undefined for what is no JSON. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // said by the answer
  }
}
