import type { Container } from "../model-storage/model-storage";
import type { InferenceService, Model } from "../objects";
import { parseQuantity } from "../quantity";
import { deviceClaims, gpuCount } from "./gpu";
import type { GpuShare } from "./gpu-share";

type Amounts = Readonly<Record<string, string>>;

/** Resources of the serving container. GPUs are a limit, CPU and memory requests, ephemeral storage both; claimed devices are named. */
export function buildResources(
  service: InferenceService,
  model: Model,
  share: GpuShare,
): NonNullable<Container["resources"]> {
  const claims = deviceClaims(model).map(({ name }) => ({ name }));
  const { cpu, memory, ephemeralStorage } = asked(service);
  const gpus = gpuCount(service, model);
  const scratch = named("ephemeral-storage", ephemeralStorage);
  const limits = { ...named(share.resourceName, gpus > 0 ? String(gpus) : ""), ...scratch };
  const requests = { ...named("cpu", cpu), ...named("memory", memory), ...scratch };
  return {
    ...(claims.length === 0 ? {} : { claims }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(requests).length === 0 ? {} : { requests }),
  };
}

/** The first resource field that is not a quantity, in words; null when all are. The schema lets any text through. */
export function resourceFault(service: InferenceService): string | null {
  const fields = ["cpu", "memory", "hostMemory", "ephemeralStorage"] as const;
  for (const field of fields) {
    const text = service.spec.resources?.[field] ?? "";
    const amount = text === "" ? 0 : parseQuantity(text);
    if (amount === null || amount < 0) return `spec.resources.${field} "${text}" is not a quantity`;
  }
  return null;
}

function asked({ spec }: InferenceService) {
  const { cpu = "", memory = "", hostMemory = "", ephemeralStorage = "" } = spec.resources ?? {};
  return { cpu, memory: hostMemory === "" ? memory : hostMemory, ephemeralStorage };
}

function named(name: string, amount: string): Amounts {
  return amount === "" ? {} : { [name]: amount };
}
