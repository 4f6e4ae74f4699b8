import { createHash } from "node:crypto";

import { canonicalJson } from "../canonical-json";
import type { PodTemplate } from "../objects";

/** Where a Deployment says which template was wanted last. */
export const TEMPLATE_HASH_ANNOTATION = "llmkube.ai/desired-template-hash";

const HASH_LENGTH = 16;

/** 16 hex digits that change with the desired template and with nothing else; the order of fields does not count. */
export function templateHash(template: PodTemplate): string {
  const digest = createHash("sha256").update(canonicalJson(template), "utf8").digest("hex");
  return digest.slice(0, HASH_LENGTH);
}
