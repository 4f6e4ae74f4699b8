import type { ClaimSuggestion, Verdict } from "@/server/contract/preflight";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { Claim, StorageClass } from "../objects";
import { isVisible } from "../service-state";
import { formatBytes, listNames, quote, sentence } from "../wording";
import { yamlText } from "../yaml-text";
import { preflightChecks } from "./build-checks";
import { mostReplicas } from "./most-replicas";
import { feasibleNodeNames } from "./check-nodes";
import { modelBytes } from "./check-space";
import { compareVerdict, foldVerdict } from "./verdict";
import { withClaim } from "./with-claim";

const GIB = 1024 ** 3;
/** Room for a second version of the file while it is fetched, and for the file system's own needs. */
const HEADROOM = 1.2;
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
const NO_PROVISIONER = "kubernetes.io/no-provisioner";
/** Volumes of these can be mounted by several nodes; of others nobody can tell from the class. */
const SHARED_STORAGE =
  /nfs|cephfs|efs|filestore|azurefile|file\.csi|gluster|lustre|beegfs|juicefs/iu;
/** A network round trip for every page of weights is slower than a disk of the node. */
const OF_THE_NODE = /local|hostpath|topolvm|openebs|lvm|zfs/iu;

type Offer = {
  readonly claim: Claim;
  readonly storageClass: StorageClass;
  readonly verdict: Verdict;
  /** How many checks warn; what cannot be told before the claim is bound is no reason against it. */
  readonly concerns: number;
  readonly nodes: readonly string[] | null;
};

/**
 * A claim that would pass the same checks as every candidate, as YAML; null when none of the cluster's classes would do, or when
 * sizes or classes are not known. `taken` are names of claims that exist; `wanted` is the name it is to have.
 */
export function suggestClaim(
  facts: ServiceFacts,
  taken: ReadonlySet<string>,
  wanted?: string,
): ClaimSuggestion | null {
  const needs = modelBytes(facts);
  if (needs === null || !isVisible(facts.surroundings, "storageclasses")) return null;
  const sizeGib = Math.max(1, Math.ceil((needs * HEADROOM) / GIB));
  const name = wanted ?? freeName(facts.service.metadata.name, taken);
  const best = facts.surroundings.storageClasses
    .filter(({ provisioner }) => provisioner !== NO_PROVISIONER)
    .flatMap((storageClass) => offersOf(facts, { storageClass, name, sizeGib }))
    .filter(({ verdict }) => verdict !== "block")
    .sort(betterOffer)[0];
  if (best === undefined) return null;
  return { yaml: yamlOf(best.claim), sentence: sentence(describe(best, needs)) };
}

function freeName(service: string, taken: ReadonlySet<string>): string {
  const base = `${service}-models`;
  let name = base;
  for (let n = 2; taken.has(name); n += 1) name = `${base}-${n}`;
  return name;
}

type Wish = {
  readonly storageClass: StorageClass;
  readonly name: string;
  readonly sizeGib: number;
};

function offersOf(facts: ServiceFacts, wish: Wish): Offer[] {
  const shared = SHARED_STORAGE.test(wish.storageClass.provisioner);
  const mode = mostReplicas(facts) > 1 && shared ? "ReadWriteMany" : "ReadWriteOnce";
  const claim = buildClaim(facts, wish, mode);
  const claimFacts: ClaimFacts = {
    claim,
    volume: null,
    storageClass: wish.storageClass,
    pods: [],
    jobs: [],
    scan: null,
    held: [],
    diskNeighbours: [],
    provisionerPod: null,
    uses: [],
    events: [],
    surroundings: facts.surroundings,
  };
  const { persistence } = facts.service.spec.modelCache ?? {};
  const change = {
    claimName: wish.name,
    persistence: persistence === "Ephemeral" ? ("Cached" as const) : null,
  };
  const known = { ...facts, claims: new Map([...facts.claims, [wish.name, claimFacts]]) };
  const checks = preflightChecks(known, change);
  const verdict = foldVerdict(checks);
  const concerns = checks.filter((check) => check.verdict === "warn").length;
  const nodes = feasibleNodeNames(withClaim(known, change), claimFacts);
  return [{ claim, storageClass: wish.storageClass, verdict, concerns, nodes }];
}

function buildClaim({ service, surroundings }: ServiceFacts, wish: Wish, mode: string): Claim {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: wish.name,
      namespace: service.metadata.namespace,
      uid: "",
      resourceVersion: "",
      creationTimestamp: surroundings.now,
    },
    spec: {
      accessModes: [mode],
      storageClassName: wish.storageClass.metadata.name,
      volumeMode: "Filesystem",
      resources: { requests: { storage: `${wish.sizeGib}Gi` } },
    },
    status: { phase: "Pending" },
  };
}

/** By verdict and how much speaks against it; then a class whose volume goes where the pod goes, disks of the node first, then the default class, then by name. */
function betterOffer(a: Offer, b: Offer): number {
  return (
    compareVerdict(a.verdict, b.verdict) ||
    a.concerns - b.concerns ||
    rank(a) - rank(b) ||
    (a.storageClass.metadata.name < b.storageClass.metadata.name ? -1 : 1)
  );
}

function rank({ storageClass }: Offer): number {
  if (waits(storageClass)) return OF_THE_NODE.test(storageClass.provisioner) ? 0 : 1;
  return storageClass.metadata.annotations?.[DEFAULT_CLASS] === "true" ? 2 : 3;
}

function waits({ volumeBindingMode }: StorageClass): boolean {
  return volumeBindingMode === "WaitForFirstConsumer";
}

function yamlOf({ apiVersion, kind, metadata: { name, namespace }, spec }: Claim): string {
  const { volumeMode, ...kept } = spec ?? {};
  const shown = volumeMode === "Filesystem" ? kept : spec;
  return yamlText({ apiVersion, kind, metadata: { name, namespace }, spec: shown });
}

function describe({ claim, storageClass, nodes }: Offer, needs: number): string {
  const size = claim.spec?.resources?.requests?.["storage"] ?? "";
  const what = `A claim of ${size} of class ${quote(storageClass.metadata.name)} would work: the model needs ${formatBytes(needs)}, and a fifth more is left free.`;
  const on = nodes === null || nodes.length === 0 ? "" : `, on ${listNames(nodes)}`;
  const where = waits(storageClass)
    ? ` Its volume is made where the first pod lands${on}.`
    : nodes === null || nodes.length === 0
      ? ""
      : ` The service can run${on}.`;
  return `${what}${where} Mooring does not create it: create it, and it shows up here.`;
}
