import type { IndexChange } from "@/server/cluster/object-index";
import type { KindMap, Plural } from "@/server/domain/objects";
import type { Happening } from "./happening";
import { modelHappenings } from "./model-happenings";
import { nodeHappenings } from "./node-happenings";
import { pastFailures, podHappenings } from "./pod-happenings";
import { rolloutHappenings } from "./rollout-happenings";
import { serviceHappenings } from "./service-happenings";
import { claimHappenings, volumeHappenings } from "./storage-happenings";

type Rule<P extends Plural> = {
  /** On screen, in a sentence: "The pod was deleted." */
  readonly noun: string;
  /** Kinds whose coming is told as well; the others come by themselves with what is told. */
  readonly tellsCreation: boolean;
  readonly changes: (before: KindMap[P], after: KindMap[P]) => Happening[];
  /** What the object tells of its past when it is seen for the first time. */
  readonly past?: (object: KindMap[P]) => Happening[];
};

const RULES: { readonly [P in Plural]?: Rule<P> } = {
  inferenceservices: { noun: "service", tellsCreation: true, changes: serviceHappenings },
  deployments: { noun: "Deployment", tellsCreation: false, changes: rolloutHappenings },
  pods: { noun: "pod", tellsCreation: false, changes: podHappenings, past: pastFailures },
  persistentvolumeclaims: { noun: "claim", tellsCreation: true, changes: claimHappenings },
  persistentvolumes: { noun: "volume", tellsCreation: true, changes: volumeHappenings },
  nodes: { noun: "node", tellsCreation: false, changes: nodeHappenings },
  models: { noun: "model", tellsCreation: true, changes: modelHappenings },
};

/** What one change of the index means for a timeline; empty for kinds and changes that belong on none. */
export function happeningsOf<P extends Plural>(change: IndexChange<P>): Happening[] {
  const { plural, object, previous, type } = change;
  const rule = RULES[plural];
  if (rule === undefined) return [];
  if (type === "deleted") {
    const message = `The ${rule.noun} was deleted.`;
    return [{ field: "deleted", reason: "Deleted", message, severity: "warning", once: true }];
  }
  if (previous !== null) return rule.changes(previous, object);
  const past = rule.past?.(object) ?? [];
  if (!rule.tellsCreation) return past;
  return [
    ...past,
    {
      field: "created",
      reason: "Created",
      message: `The ${rule.noun} was created.`,
      severity: "info",
      once: true,
    },
  ];
}
