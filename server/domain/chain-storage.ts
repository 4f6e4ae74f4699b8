import type { Health } from "@/server/contract/service-view";
import type { Link } from "./chain";
import { declaredClaim } from "./claim-selection";
import type { ClaimFacts, ServiceFacts } from "./facts";
import type { Volume } from "./objects";
import { parseQuantity } from "./quantity";
import { isMissing, isVisible, nodeNamesOf, planOf, servingClaim } from "./service-state";
import { nodeNamesOfClaim } from "./views/claim-view";
import { volumeSource } from "./views/volume-source";
import { formatBytes, listNames, plain } from "./wording";

/** The last three links: claim, volume, node. */
export function storageLinks(facts: ServiceFacts): [Link, Link, Link] {
  const name = claimOnChain(facts);
  const claimFacts = name === null ? null : (facts.claims.get(name) ?? null);
  return [
    claimLink(facts, name, claimFacts),
    volumeLink(facts, claimFacts),
    nodeLink(facts, claimFacts),
  ];
}

/** The claim that serves, or the missing one that the operator insists on although nothing would mount it. */
function claimOnChain(facts: ServiceFacts): string | null {
  const serving = servingClaim(facts);
  if (serving !== null) return serving;
  const declared = declaredClaim(facts.service);
  return planOf(facts).needsClaim && declared !== null && isMissing(facts, declared)
    ? declared
    : null;
}

function claimLink(facts: ServiceFacts, name: string | null, claimFacts: ClaimFacts | null): Link {
  const kind = "PersistentVolumeClaim" as const;
  if (name === null) return { kind, name: null, ...withoutClaim(facts), health: "absent" };
  if (claimFacts !== null) return seenClaimLink(claimFacts);
  const missing = isMissing(facts, name);
  return {
    kind,
    name: missing ? null : name,
    title: plain(name),
    subtitle: missing ? "does not exist" : "not visible",
    health: missing ? "error" : "unknown",
  };
}

function seenClaimLink({ claim }: ClaimFacts): Link {
  const { name, deletionTimestamp } = claim.metadata;
  const bytes = parseQuantity(claim.status?.capacity?.["storage"] ?? "");
  const phase =
    deletionTimestamp === undefined ? (claim.status?.phase ?? "Pending") : "Terminating";
  return {
    kind: "PersistentVolumeClaim",
    name,
    title: name,
    subtitle: `${bytes === null ? "" : `${formatBytes(bytes)} · `}${phase}`,
    health: CLAIM_HEALTH[phase] ?? "unknown",
  };
}

const CLAIM_HEALTH: Readonly<Record<string, Health>> = {
  Bound: "ok",
  Pending: "waiting",
  Lost: "error",
  Terminating: "error",
};

function withoutClaim(facts: ServiceFacts): Pick<Link, "title" | "subtitle"> {
  switch (planOf(facts).kind) {
    case "Ephemeral":
      return { title: "scratch space", subtitle: "downloads at every start" };
    case "Unknown":
      return {
        title: "unknown",
        subtitle: facts.model === null ? "depends on the Model" : "operator's settings not known",
      };
    default:
      return { title: "none", subtitle: "no cache claim is used" };
  }
}

function volumeLink({ surroundings }: ServiceFacts, claimFacts: ClaimFacts | null): Link {
  const kind = "PersistentVolume" as const;
  if (claimFacts === null) {
    return { kind, name: null, title: "none", subtitle: "no claim", health: "absent" };
  }
  if (claimFacts.volume !== null) return seenVolumeLink(claimFacts.volume);
  const bound = claimFacts.claim.spec?.volumeName ?? "";
  if (bound === "") {
    return { kind, name: null, title: "not bound", subtitle: "no volume yet", health: "absent" };
  }
  const visible = isVisible(surroundings, "persistentvolumes");
  return {
    kind,
    name: visible ? null : bound,
    title: bound,
    subtitle: visible ? "does not exist" : "not visible",
    health: visible ? "error" : "unknown",
  };
}

function seenVolumeLink(volume: Volume): Link {
  const { name } = volume.metadata;
  return {
    kind: "PersistentVolume",
    name,
    title: name,
    subtitle: `${volumeSource(volume).kind} · ${volume.spec?.persistentVolumeReclaimPolicy ?? "Retain"}`,
    health: volume.status?.phase === "Failed" ? "error" : "ok",
  };
}

function nodeLink(facts: ServiceFacts, claimFacts: ClaimFacts | null): Link {
  const kind = "Node" as const;
  const running = nodeNamesOf(facts);
  const reachable = claimFacts === null ? null : nodeNamesOfClaim(claimFacts);
  const names = running.length > 0 ? running : (reachable ?? []);
  const title = listNames(names, 2);
  const name = names.length === 1 ? (names[0] ?? null) : null;
  if (running.length > 0) {
    const health = nodesHealth(facts, running);
    return { kind, name, title, subtitle: NODE_TEXT[health] ?? "", health };
  }
  if (names.length > 0) {
    return { kind, name, title, subtitle: "where the volume is", health: "waiting" };
  }
  return { kind, name: null, title: "none yet", subtitle: "no pod has a node", health: "absent" };
}

const NODE_TEXT: Readonly<Partial<Record<Health, string>>> = {
  ok: "Ready",
  error: "not Ready",
  unknown: "not visible",
};

function nodesHealth({ surroundings }: ServiceFacts, names: readonly string[]): Health {
  if (!isVisible(surroundings, "nodes")) return "unknown";
  const nodes = surroundings.nodes.filter((node) => names.includes(node.metadata.name));
  const ready = nodes.filter((node) =>
    node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  );
  return ready.length === names.length ? "ok" : "error";
}
