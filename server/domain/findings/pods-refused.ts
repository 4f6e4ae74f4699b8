import type { Finding, FindingAction, FindingCode } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import type { Deployment } from "../objects";
import { plain, quote } from "../wording";
import { buildFinding, seen } from "./finding";

type RefusalCode = Extract<
  FindingCode,
  | "QuotaExceeded"
  | "LimitRangeViolated"
  | "PodSecurityViolated"
  | "ServiceAccountNotFound"
  | "PodsRefused"
>;

type Refusal = {
  readonly sign: RegExp;
  readonly said: string;
  readonly nextStep: string;
};

/** Names of Kubernetes objects, which mean nothing to a shell. */
const MISSING_ACCOUNT =
  /error looking up service account ([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253}): serviceaccount "[^"]{1,253}" not found/u;

/** Whoever refuses a pod says so in words of its own. The last one is for all others. */
const REFUSALS: Readonly<Record<RefusalCode, Refusal>> = {
  QuotaExceeded: {
    sign: /exceeded quota:|failed quota:/iu,
    said: "A ResourceQuota of the namespace keeps pods from being made",
    nextStep: "Ask for less, free what others use, or have the quota raised.",
  },
  PodSecurityViolated: {
    sign: /violates PodSecurity/iu,
    said: "The namespace's Pod Security level keeps pods from being made",
    nextStep:
      "The container model-cache-prep runs as root with the capabilities CHOWN and FOWNER, which the level restricted does not allow: use baseline in this namespace, or weights that are staged beforehand (pvc://).",
  },
  LimitRangeViolated: {
    sign: /(maximum|minimum) .{1,80} (usage|per (Container|Pod|PersistentVolumeClaim))|limit to request ratio/iu,
    said: "A LimitRange of the namespace keeps pods from being made",
    nextStep: "Set resources of the service within the range, or have the range changed.",
  },
  ServiceAccountNotFound: {
    sign: MISSING_ACCOUNT,
    said: "The service account that the pods are to run under does not exist",
    nextStep: "Create the service account; the Deployment tries again by itself.",
  },
  PodsRefused: {
    sign: /./u,
    said: "Pods are refused when they are made",
    nextStep: "Change what the refusal names; the Deployment tries again by itself.",
  },
};
const CODES = Object.keys(REFUSALS) as readonly RefusalCode[];

/** The Deployment may not make its pods, for the given cause. Kubernetes tells it of the Deployment only; pods that run stay. */
export function podsRefused(code: RefusalCode) {
  return (facts: ServiceFacts): Finding | null => {
    const { deployment, surroundings } = facts;
    const failure = deployment === null ? null : failureOf(deployment);
    if (deployment === null || failure === null || codeOf(failure.message) !== code) return null;
    const { said, nextStep } = REFUSALS[code];
    return buildFinding({
      code,
      severity: "error",
      message: `${said}: ${quote(plain(failure.message))}.`,
      nextStep,
      since: failure.since,
      evidence: [
        seen(surroundings, {
          kind: "Deployment",
          object: deployment,
          field: "status.conditions[ReplicaFailure].message",
          value: failure.message,
        }),
      ],
      actions: code === "ServiceAccountNotFound" ? createAccount(failure.message) : [],
    });
  };
}

function createAccount(message: string): FindingAction[] {
  const [, namespace, name] = MISSING_ACCOUNT.exec(message) ?? [];
  if (namespace === undefined || name === undefined) return [];
  return [
    {
      type: "CopyCommand",
      label: "Copy the command that creates it",
      command: `kubectl create serviceaccount -n ${namespace} ${name}`,
    },
  ];
}

function codeOf(message: string): RefusalCode {
  return CODES.find((code) => REFUSALS[code].sign.test(message)) ?? "PodsRefused";
}

function failureOf({ status }: Deployment) {
  const condition = status?.conditions?.find(
    ({ type, status: value }) => type === "ReplicaFailure" && value === "True",
  );
  if (condition === undefined) return null;
  return { message: condition.message ?? "", since: condition.lastTransitionTime ?? null };
}
