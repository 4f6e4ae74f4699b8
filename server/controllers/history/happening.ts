import { createHash } from "node:crypto";

import type { Severity } from "@/server/contract/finding";
import type { ObjectKey } from "@/server/contract/service-view";
import type { Meta } from "@/server/domain/objects";
import { plain } from "@/server/domain/wording";
import type { NewTimelineItem } from "@/server/ports";

/** What was seen to change on one object. */
export type Happening = {
  /** Names the change among those of one version of the object. */
  readonly field: string;
  readonly reason: string;
  readonly message: string;
  readonly severity: Severity;
  readonly actor?: string | null;
  /** Happens once in the object's life, whichever version of it we see first. */
  readonly once?: boolean;
  /** RFC 3339 where the object itself says when; else it happened when we saw it. */
  readonly at?: string | null;
};

export type HappenedTo = { readonly kind: string; readonly metadata: Meta; readonly at: string };

/** The item for one service's timeline. The same version of the same object gives the same dedupe key, whoever sees it. */
export function toChangeItem(
  happening: Happening,
  { kind, metadata, at }: HappenedTo,
  service: ObjectKey,
): NewTimelineItem {
  const { field, reason, message, severity, actor } = happening;
  const version = happening.once === true ? "" : `/${metadata.resourceVersion}`;
  return {
    service,
    dedupeKey: `change/${metadata.uid}${version}/${field}`,
    at: happening.at ?? at,
    source: "Change",
    kind,
    namespace: metadata.namespace === "" ? null : metadata.namespace,
    name: metadata.name,
    reason: plain(reason, 100),
    message: plain(message, 1000),
    severity,
    count: 1,
    actor: actor ?? null,
  };
}

/** A short name for a long text, for keys. */
export function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
