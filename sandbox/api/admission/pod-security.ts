import { asArray, asRecord, asText, isRecord, valueAt, type JsonRecord } from "../json";
import { containersOf } from "./pod-resources";

const BASELINE_CAPABILITIES = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  ),
);
const VOLUMES = new Set(
  "name configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret".split(
    " ",
  ),
);

type Context = (container: JsonRecord) => JsonRecord;
const contextOf: Context = (container) => asRecord(container["securityContext"]);

/** What Pod Security would mind about a pod at the level, in its words; of the operator's pods, so Linux only and the newest version of the levels. */
export function podSecurityProblems(level: string, spec: JsonRecord): string[] {
  if (level === "" || level === "privileged") return [];
  return level === "baseline"
    ? baselineProblems(spec)
    : [...baselineProblems(spec), ...restrictedProblems(spec)];
}

function offenders(spec: JsonRecord, offends: (context: JsonRecord) => boolean): string[] {
  return containersOf(spec)
    .filter(({ container }) => offends(contextOf(container)))
    .map(({ container }) => `"${asText(container["name"])}"`);
}

function about(what: string, names: readonly string[], must: string): string[] {
  if (names.length === 0) return [];
  return [`${what} (container${names.length === 1 ? "" : "s"} ${names.join(", ")} must ${must})`];
}

const added = (context: JsonRecord) =>
  asArray(valueAt(context, "capabilities.add")).map((name) => asText(name));

function baselineProblems(spec: JsonRecord): string[] {
  const hostPaths = asArray(spec["volumes"])
    .filter(isRecord)
    .filter((volume) => volume["hostPath"] !== undefined)
    .map((volume) => `"${asText(volume["name"])}"`);
  const host = ["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true);
  return [
    ...(host.length > 0
      ? [`host namespaces (${host.map((field) => `${field}=true`).join(", ")})`]
      : []),
    ...(hostPaths.length > 0 ? [`hostPath volumes (volume ${hostPaths.join(", ")})`] : []),
    ...about(
      "privileged",
      offenders(spec, (context) => context["privileged"] === true),
      "not set securityContext.privileged=true",
    ),
    ...about(
      "non-default capabilities",
      offenders(spec, (context) => added(context).some((name) => !BASELINE_CAPABILITIES.has(name))),
      "not include other capabilities in securityContext.capabilities.add",
    ),
  ];
}

function restrictedProblems(spec: JsonRecord): string[] {
  const pod = asRecord(spec["securityContext"]);
  const volumes = asArray(spec["volumes"])
    .filter(isRecord)
    .filter((volume) => Object.keys(volume).some((field) => !VOLUMES.has(field)))
    .map((volume) => `"${asText(volume["name"])}"`);
  const profile = (context: JsonRecord) =>
    asText(valueAt(context, "seccompProfile.type") ?? valueAt(pod, "seccompProfile.type"));
  return [
    ...(volumes.length > 0 ? [`restricted volume types (volumes ${volumes.join(", ")})`] : []),
    ...about(
      "allowPrivilegeEscalation != false",
      offenders(spec, (context) => context["allowPrivilegeEscalation"] !== false),
      "set securityContext.allowPrivilegeEscalation=false",
    ),
    ...about(
      "unrestricted capabilities",
      offenders(
        spec,
        (context) =>
          !asArray(valueAt(context, "capabilities.drop")).includes("ALL") ||
          added(context).some((name) => name !== "NET_BIND_SERVICE"),
      ),
      'set securityContext.capabilities.drop=["ALL"]',
    ),
    ...about(
      "runAsNonRoot != true",
      offenders(spec, (context) => (context["runAsNonRoot"] ?? pod["runAsNonRoot"]) !== true),
      "set securityContext.runAsNonRoot=true",
    ),
    ...about(
      "runAsUser=0",
      offenders(spec, (context) => context["runAsUser"] === 0 || pod["runAsUser"] === 0),
      "not set runAsUser=0",
    ),
    ...about(
      "seccompProfile",
      offenders(spec, (context) => !["RuntimeDefault", "Localhost"].includes(profile(context))),
      'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    ),
  ];
}
