import type { Container } from "../model-storage/model-storage";
import type { InferenceService, Model, PodSpec } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { DRI_RENDER, gpuResourceName } from "./gpu";

/** The pod's security context: the user's in place of ours, never merged. */
export function podSecurity(
  service: InferenceService,
  model: Model,
  settings: OperatorSettings,
): NonNullable<PodSpec["securityContext"]> {
  const own = service.spec.podSecurityContext;
  if (own !== undefined) return own;
  const render = settings.driRenderGid > 0 && gpuResourceName(model) === DRI_RENDER;
  return {
    seccompProfile: { type: "RuntimeDefault" },
    ...(settings.defaultFsGroup > 0 ? { fsGroup: settings.defaultFsGroup } : {}),
    ...(render ? { supplementalGroups: [settings.driRenderGid] } : {}),
  };
}

/** The serving container's security context: the user's in place of ours. */
export function containerSecurity(
  service: InferenceService,
): NonNullable<Container["securityContext"]> {
  return (
    service.spec.securityContext ?? {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    }
  );
}
