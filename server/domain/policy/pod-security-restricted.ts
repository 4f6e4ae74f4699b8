import type { PodSpec } from "../objects";
import { type Breach, breach } from "./pod-security-baseline";

const VOLUME_TYPES: ReadonlySet<string> = new Set([
  ..."configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret".split(
    " ",
  ),
]);
const CONFINED: ReadonlySet<string | undefined> = new Set(["RuntimeDefault", "Localhost"]);

/** What the level `restricted` does not allow beyond what `baseline` does not. */
export function restrictedBreaches(spec: PodSpec): Breach[] {
  const pod = spec.securityContext;
  return [
    ...volumeBreaches(spec),
    ...(pod?.runAsUser === 0 ? [{ why: "runs as root", containers: [] }] : []),
    ...breach(spec, "runs as root", ({ securityContext }) => securityContext?.runAsUser === 0),
    ...breach(
      spec,
      "does not say that it never runs as root (runAsNonRoot)",
      (container) => (container.securityContext?.runAsNonRoot ?? pod?.runAsNonRoot) !== true,
    ),
    ...breach(
      spec,
      "may gain privileges (allowPrivilegeEscalation)",
      ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
    ),
    ...breach(
      spec,
      "keeps capabilities",
      ({ securityContext }) => !(securityContext?.capabilities?.drop ?? []).includes("ALL"),
    ),
    ...breach(spec, "adds capabilities", ({ securityContext }) =>
      (securityContext?.capabilities?.add ?? []).some((name) => name !== "NET_BIND_SERVICE"),
    ),
    ...breach(
      spec,
      "has no seccomp profile",
      ({ securityContext }) =>
        !CONFINED.has(securityContext?.seccompProfile?.type ?? pod?.seccompProfile?.type),
    ),
  ];
}

/** A volume is of the type of its one field besides the name. */
function volumeBreaches({ volumes = [] }: PodSpec): Breach[] {
  const others = volumes.filter((volume) =>
    Object.keys(volume).some((field) => field !== "name" && !VOLUME_TYPES.has(field)),
  );
  if (others.length === 0) return [];
  const names = others.map(({ name }) => name).join(", ");
  return [{ why: `mounts volumes of types that are not allowed (${names})`, containers: [] }];
}
