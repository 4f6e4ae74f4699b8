import { describe, expect, it } from "vitest";

import type { PodSpec } from "../objects";
import { enforcedLevel, podSecurityBreaches } from "./pod-security";

type Container = PodSpec["containers"][number];
type Context = NonNullable<Container["securityContext"]>;

const SAFE: Context = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const aPodSpec = (context: Context = SAFE, rest: Partial<PodSpec> = {}): PodSpec => ({
  containers: [{ name: "server", securityContext: context }],
  ...rest,
});
const without = (field: keyof Context): Context =>
  Object.fromEntries(Object.entries(SAFE).filter(([name]) => name !== field));
const why = (level: "baseline" | "restricted", spec: PodSpec) =>
  podSecurityBreaches(level, spec).map((breach) => breach.why);

describe("podSecurityBreaches", () => {
  it.each<[string, PodSpec, readonly string[]]>([
    ["a pod that says everything", aPodSpec(), []],
    [
      "what the pod says for its containers",
      aPodSpec(
        { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        { securityContext: { runAsNonRoot: true, seccompProfile: { type: "Localhost" } } },
      ),
      [],
    ],
    [
      "a port below 1024",
      aPodSpec({ ...SAFE, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
      [],
    ],
    ["root", aPodSpec({ ...SAFE, runAsUser: 0 }), ["runs as root"]],
    [
      "a container that takes back what the pod says",
      aPodSpec({ ...SAFE, runAsNonRoot: false }, { securityContext: { runAsNonRoot: true } }),
      ["does not say that it never runs as root (runAsNonRoot)"],
    ],
    [
      "capabilities that baseline allows",
      aPodSpec({ ...SAFE, capabilities: { drop: ["ALL"], add: ["CHOWN"] } }),
      ["adds capabilities"],
    ],
    ["capabilities kept", aPodSpec({ ...SAFE, capabilities: {} }), ["keeps capabilities"]],
    [
      "no word about escalation",
      aPodSpec(without("allowPrivilegeEscalation")),
      ["may gain privileges (allowPrivilegeEscalation)"],
    ],
    ["no seccomp", aPodSpec(without("seccompProfile")), ["has no seccomp profile"]],
    [
      "an NFS volume",
      aPodSpec(SAFE, { volumes: [{ name: "n", nfs: { path: "/", server: "s" } }] }),
      ["mounts volumes of types that are not allowed (n)"],
    ],
    [
      "a claim",
      aPodSpec(SAFE, { volumes: [{ name: "c", persistentVolumeClaim: { claimName: "c" } }] }),
      [],
    ],
    [
      "an init container",
      {
        ...aPodSpec(),
        initContainers: [{ name: "prep", securityContext: { ...SAFE, runAsUser: 0 } }],
      },
      ["runs as root"],
    ],
  ])("restricted minds %s as it should", (_name, spec, expected) => {
    expect(why("restricted", spec)).toEqual(expected);
  });

  it.each<[string, PodSpec, readonly string[]]>([
    ["root with CHOWN", aPodSpec({ runAsUser: 0, capabilities: { add: ["CHOWN", "FOWNER"] } }), []],
    [
      "other capabilities",
      aPodSpec({ capabilities: { add: ["SYS_ADMIN"] } }),
      ["adds capabilities"],
    ],
    ["a privileged container", aPodSpec({ privileged: true }), ["runs privileged"]],
    [
      "folders of the node",
      aPodSpec({}, { volumes: [{ name: "h", hostPath: { path: "/srv" } }] }),
      ["mounts folders of the node (h)"],
    ],
    [
      "the node's network",
      aPodSpec({}, { hostNetwork: true }),
      ["uses the node's own network, processes or IPC"],
    ],
    [
      "a port of the node",
      { containers: [{ name: "s", ports: [{ containerPort: 80, hostPort: 80 }] }] },
      ["takes a port of the node"],
    ],
    ["a port of its own", { containers: [{ name: "s", ports: [{ containerPort: 80 }] }] }, []],
    ["no seccomp", aPodSpec({ seccompProfile: { type: "Unconfined" } }), ["switches seccomp off"]],
    ["an SELinux type of containers", aPodSpec({ seLinuxOptions: { type: "container_t" } }), []],
    ["an SELinux user", aPodSpec({ seLinuxOptions: { user: "u" } }), ["sets SELinux options"]],
    ["no mask on /proc", aPodSpec({ procMount: "Unmasked" }), ["unmasks /proc"]],
    [
      "an unsafe sysctl",
      aPodSpec({}, { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } }),
      ["sets kernel.msgmax"],
    ],
    [
      "a safe sysctl",
      aPodSpec(
        {},
        { securityContext: { sysctls: [{ name: "net.ipv4.tcp_syncookies", value: "1" }] } },
      ),
      [],
    ],
  ])("baseline minds %s as it should", (_name, spec, expected) => {
    expect(why("baseline", spec)).toEqual(expected);
  });

  it.each([
    [undefined, "privileged"],
    ["privileged", "privileged"],
    ["baseline", "baseline"],
    ["restricted", "restricted"],
    ["strict", "restricted"],
  ])("takes the label %s for %s", (label, level) => {
    const labels = label === undefined ? {} : { "pod-security.kubernetes.io/enforce": label };

    expect(enforcedLevel(labels)).toBe(level);
  });
});
