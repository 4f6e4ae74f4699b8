import type { ArgsInput } from "./backends";
import { named, record } from "./flags";
import { gpuCount } from "./gpu";
import { servedModel } from "./served-model";

/** Arguments of Text Generation Inference. LLMKube hands it no `extraArgs`. */
export function tgiArgs(input: ArgsInput): readonly string[] {
  const { service, model, port } = input;
  const config = record(service.spec["tgiConfig"]);
  const gpus = gpuCount(service, model);
  return [
    ...["--model-id", servedModel(input), "--hostname", "::", "--port", String(port)],
    ...named("--quantize", config["quantize"]),
    ...named("--max-input-length", config["maxInputLength"]),
    ...named("--max-total-tokens", config["maxTotalTokens"]),
    ...named("--dtype", config["dtype"]),
    ...(gpus > 1 ? ["--num-shard", String(gpus)] : []),
  ];
}
