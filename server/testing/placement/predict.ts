import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { gatherServiceFacts } from "@/server/cluster/gather-facts";
import type { FindingCode } from "@/server/contract/finding";
import type { Check, Verdict } from "@/server/contract/preflight";
import { planDeployment } from "@/server/domain/deployment/build-deployment";
import type { ServiceFacts } from "@/server/domain/facts";
import { serviceFindings } from "@/server/domain/findings/find";
import type {
  Deployment,
  InferenceService,
  KindMap,
  Model,
  Plural,
  Pod,
} from "@/server/domain/objects";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { preflightChecks } from "@/server/domain/preflight/build-checks";
import { feasibleNodeNames, possibleNodeNames } from "@/server/domain/preflight/check-nodes";
import { foldVerdict } from "@/server/domain/preflight/verdict";
import { setClaim, withClaim } from "@/server/domain/preflight/with-claim";
import { questionOf } from "@/server/domain/service-placement";
import { aDeployment, aModel, anInferenceService, aPod, NAMESPACE } from "../builders";
import { aClaimFacts, aServiceFacts, NOW, SEEN_AT } from "../facts";
import { PLACEMENT_CHECKS, PLACEMENT_FINDINGS, type Row } from "./row";
import { ASKED, type Scene, SERVICE } from "./scene";

/** What Mooring says of a row. */
export type Prediction = {
  readonly verdict: Verdict;
  readonly checks: Partial<Record<Check["code"], Verdict>>;
  readonly messages: Readonly<Record<string, string>>;
  readonly nodes: readonly string[] | null;
  /** Nodes on which pods may land at some time. */
  readonly possible: readonly string[] | null;
  readonly findings: readonly FindingCode[];
};

/** The service of the scene, which declares nothing yet or what it runs with. */
export function serviceOf({ spec, running }: Scene): InferenceService {
  const claimName = running?.claim;
  return anInferenceService({
    metadata: { name: SERVICE },
    spec: {
      modelCache: claimName === undefined ? undefined : { claimName },
      ...spec,
    },
  });
}

/** Its Model. */
export function modelOf({ hardware, source }: Scene): Model {
  return aModel({
    spec: {
      ...(source === undefined ? {} : { source }),
      hardware: { accelerator: "cpu", ...hardware },
    },
  });
}

/** What Mooring would say if it saw the scene, and only it. */
export function predictFromScene(row: Row): Prediction {
  const { scene, hidden = [], someNamespaces = false } = row;
  const settings = { ...DEFAULT_OPERATOR_SETTINGS, ...row.settings };
  const index = createObjectIndex({ settings, everyNamespace: !someNamespaces });
  const service = serviceOf(scene);
  const model = modelOf(scene);
  const put = <P extends Plural>(plural: P, objects: readonly KindMap[P][]) => {
    if (!hidden.includes(plural)) index.upsert(plural, objects, SEEN_AT);
  };
  put("nodes", scene.nodes);
  put("storageclasses", scene.classes ?? []);
  put("persistentvolumes", scene.volumes ?? []);
  put("persistentvolumeclaims", scene.claims ?? []);
  put("models", [model]);
  put("inferenceservices", [service]);
  const { deployment, pods } = runningWorkload(scene, service, model);
  put("deployments", deployment);
  put("pods", [...(scene.pods ?? []), ...pods]);
  for (const plural of hidden) index.setInvisible(plural, true);
  return predict(index, { key: `${NAMESPACE}/${SERVICE}`, row });
}

/** What Mooring says of the service in the index. */
export function predict(
  index: ObjectIndex,
  { key, row, now = NOW }: { readonly key: string; readonly row: Row; readonly now?: string },
): Prediction {
  const claimName = row.asks === undefined ? ASKED : row.asks;
  const facts = gatherServiceFacts(index, key, {
    now,
    settings: { ...DEFAULT_OPERATOR_SETTINGS, ...row.settings },
    builtinOperator: true,
    alsoClaims: claimName === null ? [] : [claimName],
  });
  if (facts === null) throw new Error(`the index has no service ${key}`);
  const change = { claimName, persistence: null };
  const checks = preflightChecks(facts, change).filter(({ code }) =>
    (PLACEMENT_CHECKS as readonly string[]).includes(code),
  );
  const after = withClaim(facts, change);
  const asked = claimName === null ? null : (after.claims.get(claimName) ?? null);
  return {
    verdict: foldVerdict(checks),
    checks: Object.fromEntries(
      checks
        .filter(({ verdict }) => verdict !== "pass")
        .map(({ code, verdict }) => [code, verdict]),
    ),
    messages: Object.fromEntries(checks.map(({ code, message }) => [code, message])),
    nodes: feasibleNodeNames(after, asked),
    possible: possibleNodeNames(after, asked),
    findings: findingsOf(after),
  };
}

function findingsOf(after: ServiceFacts): FindingCode[] {
  return serviceFindings(after)
    .map(({ code }) => code)
    .filter((code) => PLACEMENT_FINDINGS.includes(code));
}

/** The Deployment and pods that the operator has made for a service that runs. */
function runningWorkload(scene: Scene, service: InferenceService, model: Model) {
  const { running } = scene;
  if (running === undefined) return { deployment: [], pods: [] };
  const plan = planDeployment({
    service,
    model,
    draft: null,
    settings: DEFAULT_OPERATOR_SETTINGS,
    replicas: running.on.length,
  });
  if (plan.kind === "fault") throw new Error(plan.message);
  const { template, strategy } = plan.deployment.spec;
  const deployment: Deployment = aDeployment({ metadata: { name: SERVICE } });
  const pods = running.on.map((nodeName, index): Pod => {
    const pod = aPod({ metadata: { name: `${SERVICE}-${index}` } });
    const { labels = {} } = template.metadata ?? {};
    const spec = { ...template.spec, nodeName, priority: 10_000 } as NonNullable<Pod["spec"]>;
    return { ...pod, metadata: { ...pod.metadata, labels }, spec };
  });
  const spec = { ...deployment.spec, template, strategy } as NonNullable<Deployment["spec"]>;
  return { deployment: [{ ...deployment, spec }], pods };
}

/** What is asked of the nodes for the row's pods, and the pods that the operator would make; null where it makes none. */
export function askedAndMade({ scene, asks }: Row) {
  const claimName = asks === undefined ? ASKED : asks;
  const service = setClaim(serviceOf(scene), { claimName, persistence: null });
  const model = modelOf(scene);
  const settings = DEFAULT_OPERATOR_SETTINGS;
  const plan = planDeployment({ service, model, draft: null, settings, replicas: 1 });
  if (plan.kind === "fault") return null;
  const claims = new Map(
    (scene.claims ?? []).map((claim) => [claim.metadata.name, aClaimFacts({ claim })]),
  );
  const facts = aServiceFacts({ service, model, claims, deployment: null, pods: [] });
  const asked = claimName === null ? null : (claims.get(claimName) ?? null);
  const question = questionOf(facts, asked);
  const made = plan.deployment.spec.template;
  return question === null ? null : { question, made };
}
