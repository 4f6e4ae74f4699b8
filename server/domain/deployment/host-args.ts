import type { InferenceService } from "../objects";
import { hasExtra } from "./flags";

/** `--host` with the address to listen on, by default every one of both IP versions; nothing when the user's own arguments name one. */
export function hostArgs(spec: InferenceService["spec"]): readonly string[] {
  if (hasExtra(spec, "--host")) return [];
  const { bindAddress = "" } = spec;
  return ["--host", bindAddress === "" ? "::" : bindAddress];
}
