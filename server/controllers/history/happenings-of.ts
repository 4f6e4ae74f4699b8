import type { IndexChange } from "@/server/cluster/object-index";
import type { KindMap, Plural } from "@/server/domain/objects";
import type { Happening } from "./happening";
import { serviceHappenings } from "./service-happenings";
import {
  claimHappenings,
  deploymentHappenings,
  modelHappenings,
  podHappenings,
} from "./workload-happenings";

type Rule<P extends Plural> = {
  /** On screen, in a sentence: "The pod was deleted." */
  readonly noun: string;
  /** Kinds whose coming is told as well; the others come by themselves with what is told. */
  readonly tellsCreation: boolean;
  readonly changes: (before: KindMap[P], after: KindMap[P]) => Happening[];
};

const RULES: { readonly [P in Plural]?: Rule<P> } = {
  inferenceservices: { noun: "service", tellsCreation: true, changes: serviceHappenings },
  deployments: { noun: "Deployment", tellsCreation: false, changes: deploymentHappenings },
  pods: { noun: "pod", tellsCreation: false, changes: podHappenings },
  persistentvolumeclaims: { noun: "claim", tellsCreation: true, changes: claimHappenings },
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
  if (!rule.tellsCreation) return [];
  return [
    {
      field: "created",
      reason: "Created",
      message: `The ${rule.noun} was created.`,
      severity: "info",
      once: true,
    },
  ];
}
