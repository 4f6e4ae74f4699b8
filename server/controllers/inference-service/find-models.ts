import { draftModelRef } from "@/server/domain/deployment/draft-model";
import { isMetal } from "@/server/domain/cache-key";
import { isAllowedPath } from "@/server/domain/model-storage/local-source";
import type { InferenceService, Model } from "@/server/domain/objects";
import { classifySource } from "@/server/domain/source";
import type { PassDeps } from "./service-pass";

export type FoundModels =
  | { readonly kind: "found"; readonly model: Model; readonly draft: Model | null }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "pending"; readonly message: string }
  /** A Model was made a moment ago and nobody has looked at it: too early to say anything. */
  | { readonly kind: "unresolved" };

/** The Model of the service and its draft, both Ready and allowed; else why the service cannot go on. */
export async function findModels(deps: PassDeps, service: InferenceService): Promise<FoundModels> {
  const { modelRef } = service.spec;
  const model = await findModel(deps, service, modelRef);
  if (model === null) return failed(`Model not found: there is no Model "${modelRef}"`);
  if (isUnresolved(deps, model)) return { kind: "unresolved" };
  if (!isReady(model)) return pending(`Waits for Model "${modelRef}" to be Ready`);
  const draftName = draftModelRef(service);
  if (draftName === null) return refusal(deps, model) ?? { kind: "found", model, draft: null };
  const draft = await findModel(deps, service, draftName);
  if (draft === null) return failed(`Draft model "${draftName}" not found`);
  if (!isReady(draft)) return pending(`Waits for draft model "${draftName}" to be Ready`);
  return refusal(deps, model) ?? refusal(deps, draft) ?? { kind: "found", model, draft };
}

/** The same operator resolves Models, within moments. */
const RESOLVING_MS = 5_000;

function isUnresolved({ clock }: PassDeps, { metadata, status }: Model): boolean {
  const ageMs = clock.now().getTime() - Date.parse(metadata.creationTimestamp);
  return status?.phase === undefined && ageMs < RESOLVING_MS;
}

function isReady(model: Model): boolean {
  return model.status?.phase === "Ready";
}

/** The index may lag behind at start; what it lacks is asked for. */
async function findModel(
  deps: PassDeps,
  service: InferenceService,
  name: string,
): Promise<Model | null> {
  const { namespace } = service.metadata;
  const seen = deps.index.get("models", `${namespace}/${name}`);
  return seen ?? (await deps.store.get("models", { namespace, name }));
}

/** The allow-list may have changed since the Model became Ready. */
function refusal({ settings }: PassDeps, model: Model): FoundModels | null {
  const source = classifySource(model.spec.source);
  if (source.kind !== "local" || isMetal(model)) return null;
  if (isAllowedPath(source.path, settings.allowedHostPathRoots)) return null;
  return failed(
    `Model "${model.metadata.name}" has the local source "${model.spec.source}", which is in no folder that --allowed-host-path-roots names`,
  );
}

function failed(message: string): FoundModels {
  return { kind: "failed", message };
}

function pending(message: string): FoundModels {
  return { kind: "pending", message };
}
