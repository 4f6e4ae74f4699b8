import { asArray, isRecord, type JsonRecord } from "./json";
import type { KubeObject } from "./objects";
import { fill } from "./pod-defaults";

const NODE_PORTS_FROM = 30_000;
const NODE_PORTS = 2_768;

/** A number that is the same for the same uid: addresses need to look right, not to be routed. */
function spread(uid: string): number {
  return Number.parseInt(uid.slice(0, 8), 16) || 1;
}

function clusterIp(uid: string): string {
  const number = spread(uid);
  return `10.96.${(number >>> 8) & 255}.${number & 255 || 1}`;
}

function fillPort(port: JsonRecord, nodePort: number | undefined): void {
  fill(port, { protocol: "TCP", targetPort: port["port"] });
  if (nodePort !== undefined) fill(port, { nodePort });
}

/** Type, ports and addresses as the API server fills them in. */
export function setServiceDefaults(object: KubeObject): void {
  const spec: JsonRecord = isRecord(object.spec) ? object.spec : {};
  object.spec = spec;
  fill(spec, { type: "ClusterIP", sessionAffinity: "None" });
  if (spec["type"] === "ExternalName") return;
  fill(spec, { internalTrafficPolicy: "Cluster", clusterIP: clusterIp(object.metadata.uid) });
  fill(spec, {
    clusterIPs: [spec["clusterIP"]],
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
  });
  const isExposed = spec["type"] === "NodePort" || spec["type"] === "LoadBalancer";
  if (isExposed) fill(spec, { externalTrafficPolicy: "Cluster" });
  if (spec["type"] === "LoadBalancer") fill(spec, { allocateLoadBalancerNodePorts: true });
  const first = NODE_PORTS_FROM + (spread(object.metadata.uid) % NODE_PORTS);
  asArray(spec["ports"]).forEach((port, index) => {
    if (isRecord(port)) fillPort(port, isExposed ? first + index : undefined);
  });
}
