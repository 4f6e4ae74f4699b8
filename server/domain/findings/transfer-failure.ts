import type { Finding, FindingCode } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import type { Pod } from "../objects";
import { cacheClaimOf, failureOf, initStatuses } from "../pod-state";
import { parseHumanSize } from "../quantity";
import { conditionOf, servingClaim } from "../service-state";
import { findTransferSign, TRANSFER_REASONS, type TransferReason } from "../transfer-signs";
import { displaySource, formatBytes, plain, quote } from "../wording";
import { buildFinding, seen } from "./finding";

/** A failed init container, or what the operator's condition says about one. */
type Failure = {
  readonly code: TransferReason | "ModelTransferFailed";
  readonly line: string;
  readonly since: string | null;
  readonly pod: Pod | null;
  readonly container: string;
  readonly exitCode: number | null;
  /** The container was ended for taking too much memory, of which its log says nothing. */
  readonly outOfMemory: boolean;
};

const INIT_CONTAINERS = /^(draft-)?model-(downloader|cache-prep)(-\d+)?$/u;

/** The model could not be fetched for the given cause: read from the init containers, else from `ModelTransferHealthy`. */
export function transferFailure(code: Failure["code"]) {
  return (facts: ServiceFacts): Finding | null => {
    const failure = findFailure(facts);
    return failure?.code === code ? build(facts, failure) : null;
  };
}

function findFailure(facts: ServiceFacts): Failure | null {
  const ofPods = facts.pods.flatMap(failuresOfPod);
  return ofPods.find(({ code }) => code !== "ModelTransferFailed") ?? ofPods[0] ?? reported(facts);
}

function failuresOfPod(pod: Pod): Failure[] {
  if (pod.metadata.deletionTimestamp !== undefined) return [];
  return initStatuses(pod)
    .filter(({ name }) => INIT_CONTAINERS.test(name))
    .flatMap((status) => {
      const end = failureOf(status);
      if (end === null) return [];
      const log = end.message ?? "";
      const failure: Failure = {
        code: findTransferSign(log)?.reason ?? "ModelTransferFailed",
        line: telling(log),
        since: end.finishedAt ?? null,
        pod,
        container: status.name,
        exitCode: end.exitCode,
        outOfMemory: end.reason === "OOMKilled",
      };
      return [failure];
    });
}

/** Pods may be invisible or gone; the condition then still knows. It does not count while pods are seen to get on. */
function reported({ service, pods }: ServiceFacts): Failure | null {
  const condition = conditionOf(service, "ModelTransferHealthy");
  const code = TRANSFER_REASONS.find((candidate) => candidate === condition?.reason);
  if (condition?.status !== "False" || code === undefined || pods.length > 0) return null;
  return {
    code,
    line: condition.message,
    since: condition.lastTransitionTime,
    pod: null,
    container: "model-downloader",
    exitCode: null,
    outOfMemory: false,
  };
}

/** The last line that tells of an error, else the last line. */
function telling(log: string): string {
  const lines = log.split(/[\r\n]+/u).filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => /error|curl:|fail|denied|no space|refused/iu.test(line));
  return errors.at(-1) ?? lines.at(-1) ?? "";
}

function build(facts: ServiceFacts, failure: Failure): Finding {
  const { code, line, since, container } = failure;
  const { message, nextStep } = WORDINGS[code](facts, failure);
  return buildFinding({
    code,
    severity: "error",
    message: line === "" ? `${message}.` : `${message}: ${quote(plain(line))}.`,
    nextStep,
    since,
    evidence: [evidenceOf(facts, failure)],
    actions: [
      ...(failure.pod === null
        ? []
        : [
            {
              type: "OpenLogs" as const,
              label: "Open its log",
              pod: failure.pod.metadata.name,
              container,
            },
          ]),
      ...(code === "ModelTransferOutOfSpace"
        ? [{ type: "AttachClaim" as const, label: "Use a larger claim" }]
        : []),
    ],
  });
}

function evidenceOf({ service, surroundings }: ServiceFacts, failure: Failure) {
  const { pod, container, exitCode, line } = failure;
  return pod === null
    ? seen(surroundings, {
        kind: "InferenceService",
        object: service,
        field: "status.conditions[ModelTransferHealthy]",
        value: line,
      })
    : seen(surroundings, {
        kind: "Pod",
        object: pod,
        field: `status.initContainerStatuses[${container}]`,
        value: `exit code ${exitCode ?? "unknown"}: ${line}`,
      });
}

type Wording = (
  facts: ServiceFacts,
  failure: Failure,
) => { readonly message: string; readonly nextStep: string };

const RETRIES = "The container is started again by itself.";

const WORDINGS: Readonly<Record<Failure["code"], Wording>> = {
  ModelTransferOutOfSpace: (facts, failure) => ({
    message: `The disk is full: ${placeOf(facts, failure)} ran out of space while ${modelOf(facts, failure)} was downloaded`,
    nextStep:
      claimOf(facts, failure) === null
        ? "Raise spec.resources.ephemeralStorage, or attach a claim with room for the model."
        : `Free space on the claim, expand it, or attach a larger one. ${RETRIES}`,
  }),
  ModelSourceUntrusted: (facts) => ({
    message: `The certificate of ${hostOf(facts)} is not trusted`,
    nextStep:
      "Give the operator the certificate authority (--ca-cert-configmap, a ConfigMap in this namespace), or correct the source.",
  }),
  ModelSourceUnauthorized: (facts) => ({
    message: `${hostOf(facts)} refuses access to the model`,
    nextStep: accessStep(facts),
  }),
  ModelSourceNotFound: (facts) => ({
    message: `The model does not exist at its source ${sourceOf(facts)}`,
    nextStep:
      "Make a Model with the right spec.source (and spec.files) and refer to it: a Ready Model keeps the cache key of its first source.",
  }),
  ModelSourceUnreachable: (facts) => ({
    message: `${hostOf(facts)} cannot be reached from the cluster`,
    nextStep: `Check name resolution, proxies and network policies. ${RETRIES}`,
  }),
  ModelTransferFailed: (_facts, { container, exitCode, outOfMemory }) => ({
    message: `Init container ${quote(container)} failed${exitCode === null ? "" : ` with exit code ${exitCode}`}${outOfMemory ? ", killed for taking too much memory" : ""}`,
    nextStep: outOfMemory
      ? `Raise the memory that the namespace's limit range gives to containers. ${RETRIES}`
      : `Read its log. ${RETRIES}`,
  }),
};

/** Which credentials can help depends on what the downloader sends where. */
function accessStep({ model }: ServiceFacts): string {
  const source = model?.spec.source ?? "";
  if (/^s3:\/\//iu.test(source)) {
    return "Check the Secret in the Model's sourceSecretRef: its keys, and that they may read the object.";
  }
  return "The downloader of LLMKube 0.9 sends no credentials there. Use a Model whose source needs none, or a copy in a bucket (s3:// with sourceSecretRef) or on a claim (pvc://).";
}

function placeOf(facts: ServiceFacts, failure: Failure): string {
  const name = claimOf(facts, failure);
  if (name === null) {
    const node = failure.pod?.spec?.nodeName;
    return node === undefined ? "scratch space" : `scratch space on node ${node}`;
  }
  const capacity = facts.claims.get(name)?.claim.status?.capacity?.["storage"];
  const size = capacity === undefined ? "" : ` (${plain(capacity, 20)})`;
  return `claim ${quote(name)}${size}`;
}

/** Where the weights were going: of the pod that failed, which may be of an earlier rollout; null for scratch space. */
function claimOf(facts: ServiceFacts, { pod }: Failure): string | null {
  return pod === null ? servingClaim(facts) : cacheClaimOf(pod.spec);
}

function modelOf({ service, model, downloads }: ServiceFacts, { pod }: Failure): string {
  const size = parseHumanSize(model?.status?.size ?? "");
  const received = downloads.get(pod?.metadata.name ?? "")?.receivedBytes ?? null;
  const name = quote(service.spec.modelRef);
  if (size === null) return name;
  const got = received === null ? "" : `${formatBytes(received)} of `;
  return `${name} (${got}${formatBytes(size)})`;
}

function sourceOf({ model }: ServiceFacts): string {
  return quote(plain(displaySource(model?.spec.source ?? "unknown")));
}

function hostOf({ model }: ServiceFacts): string {
  const source = displaySource(model?.spec.source ?? "");
  const host = /^[a-z0-9+.-]+:\/\/([^/]+)/iu.exec(source)?.[1];
  return host === undefined ? "The model's source" : quote(host);
}

/** Codes of this family, the specific ones first. */
export const transferFindingCodes = [
  ...TRANSFER_REASONS,
  "ModelTransferFailed",
] as const satisfies readonly FindingCode[];
