import { asArray, asRecord, asText, isRecord, jsonEqual, valueAt, type JsonRecord } from "./json";
import { setLimitRangeDefaults } from "./admission/limit-range-defaults";
import { claimProblems, volumeProblems } from "./claim-validation";
import { assertBase64, configProblems, secretProblems } from "./config-validation";
import { invalidValue, requiredValue } from "./metadata-validation";
import type { KubeObject } from "./objects";
import { fill, fillPod, fillPodSpec } from "./pod-defaults";
import type { KindRules } from "./resources";
import type { FieldProblem } from "./status-error";
import { setServiceDefaults } from "./service-defaults";
import { deploymentProblems, jobProblems, podProblems } from "./workload-validation";

type Rules = (object: KubeObject, before: KubeObject | undefined) => void;

/** The spec as a record that may be written to; made if the client left it out. */
export function specOf(object: KubeObject): JsonRecord {
  const spec: unknown = object.spec;
  if (isRecord(spec)) return spec;
  const made: JsonRecord = {};
  object.spec = made;
  return made;
}

function fillTemplate(spec: JsonRecord): void {
  const template = asRecord(spec["template"]);
  spec["template"] = template;
  template["metadata"] ??= {};
  const podSpec = asRecord(template["spec"]);
  template["spec"] = podSpec;
  fillPodSpec(podSpec, false);
}

const setDeploymentDefaults: Rules = (object) => {
  const spec = specOf(object);
  fill(spec, {
    replicas: 1,
    strategy: {},
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  const strategy = asRecord(spec["strategy"]);
  strategy["type"] ??= "RollingUpdate";
  if (strategy["type"] === "RollingUpdate") {
    strategy["rollingUpdate"] ??= {};
    fill(asRecord(strategy["rollingUpdate"]), { maxUnavailable: "25%", maxSurge: "25%" });
  }
  spec["strategy"] = strategy;
  fillTemplate(spec);
};

const setReplicaSetDefaults: Rules = (object) => {
  const spec = specOf(object);
  fill(spec, { replicas: 1 });
  fillTemplate(spec);
};

function labelJobPods(object: KubeObject, spec: JsonRecord): void {
  const { name, uid } = object.metadata;
  const template = asRecord(spec["template"]);
  const metadata = asRecord(template["metadata"]);
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  template["metadata"] = { ...metadata, labels: { ...asRecord(metadata["labels"]), ...labels } };
  spec["template"] = template;
  spec["selector"] = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
}

const setJobDefaults: Rules = (object, before) => {
  const spec = specOf(object);
  fill(spec, {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: "NonIndexed",
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: "TerminatingOrFailed",
  });
  if (before === undefined) labelJobPods(object, spec);
  fillTemplate(spec);
};

function addFinalizer(object: KubeObject, finalizer: string): void {
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) object.metadata.finalizers = [...finalizers, finalizer];
}

const setClaimDefaults: Rules = (object, before) => {
  fill(specOf(object), { volumeMode: "Filesystem" });
  if (before === undefined) addFinalizer(object, "kubernetes.io/pvc-protection");
};

const setVolumeDefaults: Rules = (object, before) => {
  const spec = specOf(object);
  fill(spec, { volumeMode: "Filesystem", persistentVolumeReclaimPolicy: "Retain" });
  if (isRecord(spec["hostPath"])) fill(spec["hostPath"], { type: "" });
  if (isRecord(spec["claimRef"])) {
    fill(spec["claimRef"], { kind: "PersistentVolumeClaim", apiVersion: "v1" });
  }
  if (before === undefined) addFinalizer(object, "kubernetes.io/pv-protection");
};

const setNamespaceDefaults: Rules = (object, before) => {
  const { metadata } = object;
  metadata.labels = { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name };
  if (before === undefined) specOf(object)["finalizers"] = ["kubernetes"];
};

const setSecretDefaults: Rules = (object) => {
  fill(object, { type: "Opaque" });
  assertBase64(object);
  const plain = valueAt(object, "stringData");
  if (!isRecord(plain)) return;
  const encode = (value: unknown) => Buffer.from(asText(value)).toString("base64");
  const data: JsonRecord = { ...asRecord(valueAt(object, "data")) };
  for (const [key, value] of Object.entries(plain)) data[key] = encode(value);
  object["data"] = data;
  delete object["stringData"];
};

const setBindingDefaults: Rules = (object) => {
  const rbac = "rbac.authorization.k8s.io";
  if (isRecord(object["roleRef"])) fill(object["roleRef"], { apiGroup: rbac });
  for (const subject of asArray(object["subjects"])) {
    if (isRecord(subject) && subject["kind"] !== "ServiceAccount")
      fill(subject, { apiGroup: rbac });
  }
};

function bindingProblems(object: KubeObject, before: KubeObject | undefined): FieldProblem[] {
  if (before === undefined || jsonEqual(object["roleRef"], before["roleRef"])) return [];
  return [invalidValue("roleRef", object["roleRef"], "cannot change roleRef")];
}

const BINDING: KindRules = { setDefaults: setBindingDefaults, validate: bindingProblems };

const RULES: Readonly<Record<string, KindRules>> = {
  namespaces: { setDefaults: setNamespaceDefaults, initialStatus: { phase: "Active" } },
  pods: {
    setDefaults: (object) => fillPod(specOf(object)),
    validate: podProblems,
    initialStatus: { phase: "Pending", qosClass: "BestEffort" },
  },
  persistentvolumeclaims: {
    setDefaults: setClaimDefaults,
    validate: claimProblems,
    initialStatus: { phase: "Pending" },
  },
  persistentvolumes: {
    setDefaults: setVolumeDefaults,
    validate: volumeProblems,
    initialStatus: { phase: "Pending" },
  },
  limitranges: { setDefaults: setLimitRangeDefaults },
  services: { setDefaults: setServiceDefaults, initialStatus: { loadBalancer: {} } },
  configmaps: { validate: configProblems },
  secrets: { setDefaults: setSecretDefaults, validate: secretProblems },
  "deployments.apps": {
    setDefaults: setDeploymentDefaults,
    validate: deploymentProblems,
    initialStatus: {},
  },
  "replicasets.apps": {
    setDefaults: setReplicaSetDefaults,
    validate: deploymentProblems,
    initialStatus: { replicas: 0 },
  },
  "jobs.batch": { setDefaults: setJobDefaults, validate: jobProblems, initialStatus: {} },
  "storageclasses.storage.k8s.io": {
    setDefaults: (object) =>
      fill(object, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
    validate: (object) =>
      object["provisioner"] === undefined ? [requiredValue("provisioner")] : [],
  },
  "rolebindings.rbac.authorization.k8s.io": BINDING,
  "clusterrolebindings.rbac.authorization.k8s.io": BINDING,
};

export function builtinRules(id: string): KindRules {
  return RULES[id] ?? {};
}
