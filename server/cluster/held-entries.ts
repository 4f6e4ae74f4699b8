import type { HeldEntry } from "@/server/domain/facts";
import type { Pod } from "@/server/domain/objects";
import { cacheClaimOf, initStatuses } from "@/server/domain/pod-state";
import { MODEL_LABEL } from "@/server/domain/service-labels";
import { toKey } from "./object-references";

/** Directories remembered per claim, newest kept. */
const MOST = 256;
const KEY_DIRECTORY = /^\/models\/([^/]+)$/u;

/** What downloaders were seen to finish with, per claim, as long as Mooring runs: the operator never deletes what it brought. */
export class HeldEntries {
  readonly #byClaim = new Map<string, Map<string, HeldEntry>>();

  /** Notes what the pod's downloaders have brought. `downloadBytes` is the length that the last download's log told, null if none. */
  see(pod: Pod, downloadBytes: number | null): void {
    const claim = cacheClaimOf(pod.spec);
    if (claim === null) return;
    const claimKey = toKey(pod.metadata.namespace, claim);
    for (const { container, key } of directoriesOf(pod)) {
      const at = finishedAt(pod, container);
      if (at === null) continue;
      const draft = container.startsWith("draft-");
      const model = draft ? null : (pod.metadata.labels?.[MODEL_LABEL] ?? null);
      this.#note(claimKey, { key, model, bytes: draft ? null : downloadBytes, at });
    }
  }

  /** What is known to be on the claim that was made at `createdAt` (RFC 3339), oldest first. */
  on(claimKey: string, createdAt: string): readonly HeldEntry[] {
    const since = Date.parse(createdAt);
    return [...(this.#byClaim.get(claimKey)?.values() ?? [])].filter(
      ({ at }) => Date.parse(at) >= since,
    );
  }

  forget(claimKey: string): void {
    this.#byClaim.delete(claimKey);
  }

  #note(claimKey: string, entry: HeldEntry): void {
    const entries = this.#byClaim.get(claimKey) ?? new Map<string, HeldEntry>();
    this.#byClaim.set(claimKey, entries);
    const before = entries.get(entry.key);
    entries.delete(entry.key); // the newest is last
    entries.set(entry.key, {
      ...entry,
      model: entry.model ?? before?.model ?? null,
      bytes: entry.bytes ?? before?.bytes ?? null,
    });
    for (const key of entries.keys()) {
      if (entries.size <= MOST) break;
      entries.delete(key);
    }
  }
}

function directoriesOf(pod: Pod): { readonly container: string; readonly key: string }[] {
  return (pod.spec?.initContainers ?? []).flatMap(({ name, env = [] }) => {
    const directory = env.find((variable) => variable.name === "CACHE_DIR")?.value ?? "";
    const key = KEY_DIRECTORY.exec(directory)?.[1];
    return key === undefined ? [] : [{ container: name, key }];
  });
}

/** When the container ended well (RFC 3339); null when it has not. */
function finishedAt(pod: Pod, container: string): string | null {
  const end = initStatuses(pod).find(({ name }) => name === container)?.state?.terminated;
  return end?.exitCode === 0 ? (end.finishedAt ?? pod.metadata.creationTimestamp) : null;
}
