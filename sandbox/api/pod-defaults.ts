import { asArray, asRecord, isRecord, type JsonRecord } from "./json";

/** Sets what is absent; a value of null counts as absent. */
export function fill(target: JsonRecord, defaults: JsonRecord): void {
  for (const [field, value] of Object.entries(defaults)) target[field] ??= value;
}

function fillProbe(probe: unknown): void {
  if (!isRecord(probe)) return;
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isRecord(probe["httpGet"])) fill(probe["httpGet"], { path: "/", scheme: "HTTP" });
}

function pullPolicy(image: unknown): string {
  const text = typeof image === "string" ? image : "";
  const tag = /:([^/@]+)(@.*)?$/.exec(text)?.[1];
  return text.includes("@") || (tag !== undefined && tag !== "latest") ? "IfNotPresent" : "Always";
}

function fillEnv(entry: unknown): void {
  const source = asRecord(asRecord(entry)["valueFrom"]);
  if (isRecord(source["fieldRef"])) fill(source["fieldRef"], { apiVersion: "v1" });
}

function fillContainer(container: unknown, isPod: boolean): void {
  if (!isRecord(container)) return;
  fill(container, {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(container["image"]),
  });
  for (const port of asArray(container["ports"])) {
    if (isRecord(port)) fill(port, { protocol: "TCP" });
  }
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    fillProbe(container[probe]);
  }
  asArray(container["env"]).forEach(fillEnv);
  if (isPod) requestWhatIsLimited(container);
}

function requestWhatIsLimited(container: JsonRecord): void {
  const resources = asRecord(container["resources"]);
  if (!isRecord(resources["limits"])) return;
  const requests = { ...resources["limits"], ...asRecord(resources["requests"]) };
  container["resources"] = { ...resources, requests };
}

const FILE_MODE = 0o644;

function fillVolume(volume: unknown): void {
  if (!isRecord(volume)) return;
  if (Object.keys(volume).length === 1) volume["emptyDir"] = {};
  for (const source of ["configMap", "secret", "projected", "downwardAPI"]) {
    if (isRecord(volume[source])) fill(volume[source], { defaultMode: FILE_MODE });
  }
  if (isRecord(volume["hostPath"])) fill(volume["hostPath"], { type: "" });
}

/** The defaults of a pod's spec, also inside a template. */
export function fillPodSpec(spec: JsonRecord, isPod: boolean): void {
  fill(spec, {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
  });
  if (typeof spec["serviceAccountName"] === "string") {
    fill(spec, { serviceAccount: spec["serviceAccountName"] });
  }
  for (const list of ["containers", "initContainers"]) {
    for (const container of asArray(spec[list])) fillContainer(container, isPod);
  }
  asArray(spec["volumes"]).forEach(fillVolume);
}

const TOLERATED_SECONDS = 300;

function toleratesTaint(toleration: unknown, key: string): boolean {
  const { key: tolerated, effect } = asRecord(toleration);
  const matchesEffect = effect === undefined || effect === "" || effect === "NoExecute";
  return matchesEffect && (tolerated === key || tolerated === undefined || tolerated === "");
}

/** What admission adds to a pod and not to a template: account, tolerations of unwell nodes. */
export function fillPod(spec: JsonRecord): void {
  fillPodSpec(spec, true);
  fill(spec, {
    enableServiceLinks: true,
    serviceAccountName: "default",
    serviceAccount: spec["serviceAccountName"] ?? "default",
    preemptionPolicy: "PreemptLowerPriority",
  });
  const tolerations = [...asArray(spec["tolerations"])];
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    if (tolerations.some((toleration) => toleratesTaint(toleration, key))) continue;
    tolerations.push({
      key,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: TOLERATED_SECONDS,
    });
  }
  spec["tolerations"] = tolerations;
}
