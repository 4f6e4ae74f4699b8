import {
  type Finding,
  type FindingCode,
  severities,
  type Severity,
} from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { catalogue } from "./catalogue";
import { EXPLAINS_DEGRADED } from "./service-degraded";

/** What is wrong with, or worth knowing about, a service: worst first, each code at most once, consequences left out where their cause is shown. */
export function serviceFindings(facts: ServiceFacts): Finding[] {
  const found = catalogue.flatMap(({ ofService }) => ofService?.(facts) ?? []);
  return worstFirst(withoutConsequences(found));
}

/** What is wrong with, or worth knowing about, a claim: worst first, each code at most once. */
export function claimFindings(facts: ClaimFacts): Finding[] {
  return worstFirst(catalogue.flatMap(({ ofClaim }) => ofClaim?.(facts) ?? []));
}

/** Negative when `a` is worse. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => compareSeverity(a.severity, b.severity));
}

/** Why a scheduler finds no node: with one of these as an error, its own words add nothing. */
const EXPLAINS_UNSCHEDULABLE: ReadonlySet<FindingCode> = new Set([
  "ModelCachePVCNotFound",
  "ClaimLost",
  "ClaimTerminating",
  "UnbindableModelCache",
  "NodeNotReady",
  "ClaimNodeMismatch",
  "ClaimInUseOnOtherNode",
  "ProvisionerStuck",
  "ClaimPending",
  "FirstConsumerDeadlock",
]);

function withoutConsequences(findings: readonly Finding[]): Finding[] {
  const consequences = new Set<FindingCode>();
  if (findings.some(explainsDegraded)) consequences.add("ServiceDegraded");
  if (findings.some(explainsUnschedulable)) consequences.add("PodUnschedulable");
  return findings.filter(({ code }) => !consequences.has(code));
}

function explainsUnschedulable({ code, severity }: Finding): boolean {
  return severity === "error" && EXPLAINS_UNSCHEDULABLE.has(code);
}

/** A missing right explains it only where the operator's own condition tells of it. */
function explainsDegraded({ code, evidence }: Finding): boolean {
  if (code !== "AccountLacksRight") return EXPLAINS_DEGRADED.has(code);
  return evidence.some(({ field }) => field.startsWith("status.conditions[Degraded]"));
}
