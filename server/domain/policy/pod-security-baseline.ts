import type { PodSpec } from "../objects";

/** What is not allowed, as half a sentence, and of which containers; none: of the pod. */
export type Breach = { readonly why: string; readonly containers: readonly string[] };

export type Container = PodSpec["containers"][number];
type Options = {
  readonly type?: string;
  readonly role?: string;
  readonly user?: string;
};

const CAPABILITIES: ReadonlySet<string> = new Set([
  ..."AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP".split(" "),
  ..."SETGID SETPCAP SETUID SYS_CHROOT".split(" "),
]);
const SELINUX_TYPES: ReadonlySet<string> = new Set([
  ..."container_t container_init_t container_kvm_t container_engine_t".split(" "),
  "",
]);
const SYSCTLS: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);

/** Every container of the pod. */
export function containersOf(spec: PodSpec): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** What the level `baseline` does not allow. */
export function baselineBreaches(spec: PodSpec): Breach[] {
  return [...podBreaches(spec), ...containerBreaches(spec)];
}

function podBreaches(spec: PodSpec): Breach[] {
  const { securityContext: context } = spec;
  const hostPaths = (spec.volumes ?? []).filter((volume) => volume.hostPath !== undefined);
  const sysctls = (context?.sysctls ?? []).filter(({ name }) => !SYSCTLS.has(name));
  const breaches: readonly (readonly [boolean, string])[] = [
    [usesHost(spec), "uses the node's own network, processes or IPC"],
    [
      hostPaths.length > 0,
      `mounts folders of the node (${hostPaths.map(({ name }) => name).join(", ")})`,
    ],
    [!isAllowedSelinux(context?.seLinuxOptions), "sets SELinux options"],
    [context?.seccompProfile?.type === "Unconfined", "switches seccomp off"],
    [context?.appArmorProfile?.type === "Unconfined", "switches AppArmor off"],
    [sysctls.length > 0, `sets ${sysctls.map(({ name }) => name).join(", ")}`],
  ];
  return breaches.filter(([holds]) => holds).map(([, why]) => ({ why, containers: [] }));
}

function usesHost({ hostNetwork, hostPID, hostIPC }: PodSpec): boolean {
  return hostNetwork === true || hostPID === true || hostIPC === true;
}

function isAllowedSelinux(options: Options | undefined): boolean {
  if (options === undefined) return true;
  return (
    SELINUX_TYPES.has(options.type ?? "") &&
    (options.user ?? "") === "" &&
    (options.role ?? "") === ""
  );
}

function containerBreaches(spec: PodSpec): Breach[] {
  return [
    breach(spec, "runs privileged", ({ securityContext }) => securityContext?.privileged === true),
    breach(spec, "adds capabilities", ({ securityContext }) =>
      (securityContext?.capabilities?.add ?? []).some((name) => !CAPABILITIES.has(name)),
    ),
    breach(spec, "takes a port of the node", ({ ports = [] }) =>
      ports.some(({ hostPort = 0 }) => hostPort !== 0),
    ),
    breach(
      spec,
      "sets SELinux options",
      ({ securityContext }) => !isAllowedSelinux(securityContext?.seLinuxOptions),
    ),
    breach(
      spec,
      "switches seccomp off",
      ({ securityContext }) => securityContext?.seccompProfile?.type === "Unconfined",
    ),
    breach(
      spec,
      "switches AppArmor off",
      ({ securityContext }) => securityContext?.appArmorProfile?.type === "Unconfined",
    ),
    breach(
      spec,
      "unmasks /proc",
      ({ securityContext }) => (securityContext?.procMount ?? "Default") !== "Default",
    ),
  ].flat();
}

/** The breach with the containers of which it is true; none when of no container. */
export function breach(
  spec: PodSpec,
  why: string,
  isTrue: (container: Container) => boolean,
): Breach[] {
  const containers = containersOf(spec).filter(isTrue);
  return containers.length === 0 ? [] : [{ why, containers: containers.map(({ name }) => name) }];
}
