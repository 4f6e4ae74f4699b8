import type { IndexChange } from "@/server/cluster/object-index";
import type {
  AnyObject,
  Claim,
  Deployment,
  InferenceService,
  Model,
  Plural,
  Pod,
} from "@/server/domain/objects";
import type { Happening } from "./happening";
import { serviceHappenings } from "./service-happenings";
import {
  claimHappenings,
  deploymentHappenings,
  modelHappenings,
  podHappenings,
} from "./workload-happenings";

type Rule = {
  /** On screen, in a sentence: "The pod was deleted." */
  readonly noun: string;
  /** Kinds whose coming is told as well; the others come by themselves with what is told. */
  readonly tellsCreation: boolean;
  readonly changes: (before: AnyObject, after: AnyObject) => Happening[];
};

// The index keeps objects by plural, so before and after are of the rule's kind.
const RULES: Partial<Record<Plural, Rule>> = {
  inferenceservices: {
    noun: "service",
    tellsCreation: true,
    changes: (before, after) =>
      serviceHappenings(before as InferenceService, after as InferenceService),
  },
  deployments: {
    noun: "Deployment",
    tellsCreation: false,
    changes: (before, after) => deploymentHappenings(before as Deployment, after as Deployment),
  },
  pods: {
    noun: "pod",
    tellsCreation: false,
    changes: (before, after) => podHappenings(before as Pod, after as Pod),
  },
  persistentvolumeclaims: {
    noun: "claim",
    tellsCreation: true,
    changes: (before, after) => claimHappenings(before as Claim, after as Claim),
  },
  models: {
    noun: "model",
    tellsCreation: true,
    changes: (before, after) => modelHappenings(before as Model, after as Model),
  },
};

/** What one change of the index means for a timeline; empty for kinds and changes that belong on none. */
export function happeningsOf({ plural, object, previous, type }: IndexChange): Happening[] {
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
