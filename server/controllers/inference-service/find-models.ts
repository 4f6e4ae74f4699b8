import { draftModelRef } from "@/server/domain/deployment/draft-model";
import { isAllowedPath } from "@/server/domain/model-storage/local-source";
import type { InferenceService, Model } from "@/server/domain/objects";
import { classifySource } from "@/server/domain/source";
import type { PassDeps } from "./service-pass";

/** What is known where the pass ends here; LLMKube's status counts the Model as ready only when its source was refused. */
type Known = {
  readonly model: Model | null;
  readonly draft: Model | null;
  readonly modelReady: boolean;
};

export type FoundModels =
  | { readonly kind: "found"; readonly model: Model; readonly draft: Model | null }
  | ({ readonly kind: "failed" | "pending"; readonly message: string } & Known)
  /** A Model was made a moment ago and nobody has looked at it: too early to say anything. */
  | { readonly kind: "unresolved" };

/** The Model of the service and its draft, both Ready and allowed; else why the service cannot go on. */
export async function findModels(deps: PassDeps, service: InferenceService): Promise<FoundModels> {
  const { modelRef } = service.spec;
  const model = await findModel(deps, service, modelRef);
  const gate = { model, draft: null, modelReady: false };
  if (model === null) return failed(`Model not found: there is no Model "${modelRef}"`, gate);
  if (isUnresolved(deps, model)) return { kind: "unresolved" };
  if (!isReady(model)) return pending(`Waits for Model "${modelRef}" to be Ready`, gate);
  const draftName = draftModelRef(service);
  if (draftName === null) return refusal(deps, model) ?? { kind: "found", model, draft: null };
  const draft = await findModel(deps, service, draftName);
  if (draft === null) return failed(`Draft model "${draftName}" not found`, gate);
  if (!isReady(draft)) {
    return pending(`Waits for draft model "${draftName}" to be Ready`, { ...gate, draft });
  }
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
  if (source.kind !== "local") return null;
  if (isAllowedPath(source.path, settings.allowedHostPathRoots)) return null;
  return failed(
    `Model "${model.metadata.name}" has the local source "${model.spec.source}", which is in no folder that --allowed-host-path-roots names`,
    { model, draft: null, modelReady: true },
  );
}

function failed(message: string, known: Known): FoundModels {
  return { kind: "failed", message, ...known };
}

function pending(message: string, known: Known): FoundModels {
  return { kind: "pending", message, ...known };
}
