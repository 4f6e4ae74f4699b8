import { isDeepStrictEqual } from "node:util";

import { asRecord } from "../json";
import type { KubeObject } from "../objects";
import { change, type ApiState } from "../writes";
import { quantityText } from "./parse-quantity";
import { usedOf } from "./quota-used";
import { COUNTED } from "./quota-usage";

/** Keeps `status` of every quota: its limits and what is used of them. */
export function keepQuotaStatus(api: ApiState): () => void {
  const resource = api.registry.byId("resourcequotas");
  if (!resource) throw new Error("quotas are not served");
  const due = new Set<string>();
  let timer: NodeJS.Immediate | undefined;
  const settle = () => {
    timer = undefined;
    for (const quota of api.store.snapshot(resource.storage).objects) {
      if (due.has(quota.metadata.namespace ?? "")) writeStatus(api, quota);
    }
    due.clear();
  };
  const note = ({ object }: { object: KubeObject }) => {
    if (api.store.snapshot(resource.storage).objects.length === 0) return;
    due.add(object.metadata.namespace ?? "");
    timer ??= setImmediate(settle);
  };
  const stops = [resource.storage, ...COUNTED].map((id) => api.store.subscribe(id, note));
  return () => {
    clearImmediate(timer);
    for (const stop of stops) stop();
  };

  function writeStatus(state: ApiState, quota: KubeObject): void {
    const hard = asRecord(quota.spec)["hard"];
    const used = Object.fromEntries(
      Object.entries(usedOf(state.store, quota)).map(([name, amount]) => [
        name,
        quantityText(amount),
      ]),
    );
    const status = { hard, used };
    if (!resource || isDeepStrictEqual(status, quota.status)) return;
    const { namespace, name } = quota.metadata;
    const target = { resource, namespace, name };
    const after = { ...quota, status };
    const manager = "kube-controller-manager";
    change(state, target, { before: quota, after, subresource: "status", manager });
  }
}
