import type { Finding } from "@/server/contract/finding";
import type { ChainLink, Health } from "@/server/contract/service-view";
import { chainEdge } from "./chain-edge";
import { storageLinks } from "./chain-storage";
import type { ServiceFacts } from "./facts";
import { isRolledOut } from "./deployment-state";
import { failureOf, initStatuses } from "./pod-state";
import { parseHumanSize } from "./quantity";
import {
  desiredReplicas,
  isVisible,
  mountedClaims,
  planOf,
  readyReplicas,
  rolledOutClaim,
} from "./service-state";
import { count, formatBytes, listNames, plain } from "./wording";

/** A link before the edges are drawn. */
export type Link = Omit<ChainLink, "edge">;

/**
 * Model → Service → Deployment → Pod → Claim → Volume → Node: always seven links, each with the edge that leads to it. The edge on
 * which a finding sits carries the first sentence of its worst one.
 */
export function buildChain(facts: ServiceFacts, findings: readonly Finding[]): ChainLink[] {
  const links = [
    modelLink(facts),
    serviceLink(facts),
    deploymentLink(facts),
    podLink(facts),
    ...storageLinks(facts),
  ];
  return links.map((link, index) => ({
    ...link,
    edge: index === 0 ? { health: "ok", sentence: null } : chainEdge(link, { facts, findings }),
  }));
}

function modelLink({ service, model, surroundings }: ServiceFacts): Link {
  const { modelRef } = service.spec;
  const title = plain(modelRef);
  if (model === null) {
    const visible = isVisible(surroundings, "models");
    return {
      kind: "Model",
      name: null,
      title,
      subtitle: visible ? "does not exist" : "not visible",
      health: visible ? "error" : "unknown",
    };
  }
  const phase = model.status?.phase ?? "no status yet";
  const bytes = parseHumanSize(model.status?.size ?? "");
  const size = bytes === null ? "size unknown" : formatBytes(bytes);
  const healths: Readonly<Record<string, Health>> = { Ready: "ok", Failed: "error" };
  return {
    kind: "Model",
    name: modelRef,
    title,
    subtitle: `${size} · ${plain(phase, 60)}`,
    health: healths[phase] ?? "waiting",
  };
}

const PHASE_HEALTH: Readonly<Record<string, Health>> = {
  Ready: "ok",
  Stopped: "ok",
  Suspended: "ok",
  Failed: "error",
};

function serviceLink(facts: ServiceFacts): Link {
  const { service } = facts;
  const phase = service.status?.phase ?? "";
  return {
    kind: "InferenceService",
    name: service.metadata.name,
    title: service.spec.suspend === true ? "Suspended" : count(desiredReplicas(facts), "replica"),
    subtitle: `generation ${service.metadata.generation ?? 1}`,
    health: PHASE_HEALTH[phase] ?? "waiting",
  };
}

function deploymentLink(facts: ServiceFacts): Link {
  const { deployment, surroundings } = facts;
  if (deployment === null) {
    const visible = isVisible(surroundings, "deployments");
    return {
      kind: "Deployment",
      name: null,
      title: visible ? "none yet" : "unknown",
      subtitle: visible ? "not rolled out" : "not visible",
      health: visible ? "absent" : "unknown",
    };
  }
  const settled = isRolledOut(deployment);
  return {
    kind: "Deployment",
    name: deployment.metadata.name,
    title:
      rolledOutClaim(facts) ?? (planOf(facts).kind === "PreStaged" ? "pre-staged" : "no claim"),
    subtitle: settled ? "rolled out" : "rolling out",
    health: settled ? "ok" : "waiting",
  };
}

function podLink(facts: ServiceFacts): Link {
  const { pods, surroundings } = facts;
  if (!isVisible(surroundings, "pods")) {
    return {
      kind: "Pod",
      name: null,
      title: "unknown",
      subtitle: "not visible",
      health: "unknown",
    };
  }
  const desired = desiredReplicas(facts);
  const ready = readyReplicas(facts);
  const claims = mountedClaims(facts);
  return {
    kind: "Pod",
    name: pods[0]?.metadata.name ?? null,
    title: desired === 0 && pods.length === 0 ? "none wanted" : `${ready} of ${desired} ready`,
    subtitle: podSubtitle(facts, claims),
    health: podHealth(facts, ready, desired),
  };
}

function podSubtitle({ pods }: ServiceFacts, claims: readonly string[]): string {
  if (claims.length > 0) return `on ${listNames(claims, 2)}`;
  if (pods.length === 0) return "no pods";
  const running = pods.filter((pod) => pod.status?.phase === "Running").length;
  return running > 0 ? "without a claim" : `${count(pods.length, "pod")} starting`;
}

function podHealth({ pods }: ServiceFacts, ready: number, desired: number): Health {
  if (pods.length === 0) return "absent";
  const failing = pods.some((pod) =>
    initStatuses(pod).some((status) => failureOf(status) !== null),
  );
  if (failing) return "error";
  return ready >= desired ? "ok" : "waiting";
}
