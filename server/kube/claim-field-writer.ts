import type { InferenceService } from "@/server/domain/objects";
import { AppError, hasReason } from "@/server/errors";
import type { ClaimFieldWriter } from "@/server/ports";
import type { KubeHttp } from "./http-client";
import { normalise, type RawObject } from "./project";
import { apiVersionOf, objectPath, resourceOf } from "./resources";

export const FIELD_MANAGER = "mooring";

const SERVICES = resourceOf("inferenceservices");

type Change = Parameters<ClaimFieldWriter["apply"]>[0];

/** Writes `spec.modelCache.claimName` through the API server, and nothing else. */
export function createClaimFieldWriter(http: KubeHttp): ClaimFieldWriter {
  const read: ClaimFieldWriter["read"] = async (key) => {
    try {
      return toService(await http.json({ path: objectPath(SERVICES, key) }));
    } catch (error) {
      if (hasReason(error, "NotFound")) return null;
      throw error;
    }
  };
  const apply: ClaimFieldWriter["apply"] = async (change) => {
    try {
      return toService(
        await http.json({
          method: "PATCH",
          path: objectPath(SERVICES, change.key),
          query: {
            fieldManager: FIELD_MANAGER,
            fieldValidation: "Strict",
            force: change.force,
            dryRun: change.dryRun ? "All" : undefined,
          },
          contentType: "application/apply-patch+yaml",
          body: buildApply(change),
        }),
      );
    } catch (error) {
      throw await explain(error, change);
    }
  };

  /** The API server tells a service that is gone, or another one of its name, only in prose. */
  async function explain(error: unknown, { key, uid }: Change): Promise<unknown> {
    if (!mayBeAnother(error)) return error;
    const present = await read(key);
    const name = `InferenceService "${key.namespace}/${key.name}"`;
    if (!present) return new AppError("NotFound", `${name} does not exist`, { cause: error });
    if (present.metadata.uid === uid) return error;
    return new AppError("Conflict", `${name} was deleted and made anew`, {
      cause: error,
      causes: [{ reason: "UIDMismatch", field: "metadata.uid", message: present.metadata.uid }],
    });
  }
  return { read, apply };
}

/** A missing object is a conflict without causes; a uid that is not the present one is an immutable field. */
function mayBeAnother(error: unknown): boolean {
  if (hasReason(error, "Conflict")) return error.causes.length === 0;
  return hasReason(error, "Invalid") && error.causes.some(({ field }) => field === "metadata.uid");
}

/** What Mooring wants to own from now on: what it leaves out, it gives up. */
function buildApply({ key, uid, claimName, persistence }: Change): unknown {
  const modelCache = {
    ...(claimName === null ? {} : { claimName }),
    ...(persistence === undefined ? {} : { persistence }),
  };
  return {
    apiVersion: apiVersionOf(SERVICES),
    kind: SERVICES.kind,
    metadata: { namespace: key.namespace, name: key.name, uid },
    ...(Object.keys(modelCache).length > 0 ? { spec: { modelCache } } : {}),
  };
}

function toService(answer: unknown): InferenceService {
  // Validated by the API server against the schema that InferenceService is written after.
  return normalise("inferenceservices", answer as RawObject) as unknown as InferenceService;
}
