import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { Model } from "../objects";
import { pvcSource } from "../source";
import { quote } from "../wording";
import { yamlText } from "../yaml-text";
import { buildFinding, seen } from "./finding";

type Deadlock = { readonly model: Model; readonly claimFacts: ClaimFacts };

/** A `pvc://` Model waits for a claim, and the claim waits for a first pod, which the operator does not make before the Model is Ready. */
export function firstConsumerDeadlock(facts: ServiceFacts): Finding | null {
  const deadlock = findDeadlock(facts);
  if (deadlock === null) return null;
  const { model, claimFacts } = deadlock;
  const { claim, storageClass } = claimFacts;
  const { surroundings } = facts;
  return buildFinding({
    code: "FirstConsumerDeadlock",
    severity: "error",
    message: `Model ${quote(model.metadata.name)} waits until claim ${quote(claim.metadata.name)} is bound, and the claim waits for a first pod, which the operator does not make before the Model is Ready: neither gets on.`,
    nextStep:
      "Bind the claim with any pod that mounts it, best the one that copies the weights onto it; the rest follows by itself.",
    since: claim.metadata.creationTimestamp,
    evidence: [
      seen(surroundings, {
        kind: "Model",
        object: model,
        field: "status.phase",
        value: model.status?.phase ?? "not set",
      }),
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "status.phase",
        value: "Pending",
      }),
      ...(storageClass === null
        ? []
        : [
            seen(surroundings, {
              kind: "StorageClass",
              object: storageClass,
              field: "volumeBindingMode",
              value: "WaitForFirstConsumer",
            }),
          ]),
    ],
    actions: [
      { type: "ShowYaml", label: "Show a pod that binds it (YAML)", yaml: podYaml(claimFacts) },
    ],
  });
}

/** The Model or draft Model and the claim that wait for each other; null when none do. */
export function findDeadlock({ model, draftModel, claims }: ServiceFacts): Deadlock | null {
  for (const candidate of [model, draftModel]) {
    const name = candidate === null ? undefined : pvcSource(candidate.spec.source)?.claim;
    const claimFacts = name === undefined ? null : (claims.get(name) ?? null);
    if (candidate === null || claimFacts === null || isDecided(candidate)) continue;
    if (waitsForFirstPod(claimFacts)) return { model: candidate, claimFacts };
  }
  return null;
}

const isDecided = ({ status }: Model) => status?.phase === "Ready" || status?.phase === "Failed";

function waitsForFirstPod({ claim, storageClass, pods }: ClaimFacts): boolean {
  return (
    (claim.status?.phase ?? "Pending") === "Pending" &&
    storageClass?.volumeBindingMode === "WaitForFirstConsumer" &&
    pods.length === 0
  );
}

function podYaml({ claim }: ClaimFacts): string {
  const { namespace, name } = claim.metadata;
  return yamlText({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { generateName: "bind-claim-", namespace },
    spec: {
      restartPolicy: "Never",
      containers: [
        {
          name: "bind",
          image: "docker.io/curlimages/curl:8.18.0",
          command: ["sleep", "600"],
          volumeMounts: [{ name: "weights", mountPath: "/weights" }],
        },
      ],
      volumes: [{ name: "weights", persistentVolumeClaim: { claimName: name } }],
    },
  });
}
