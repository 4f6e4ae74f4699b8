import { findingKindListSchema } from "@/server/contract/finding-kind";
import { resource, route } from "@/server/http/define-route";
import { listFindingKinds } from "@/server/services/list-finding-kinds";

/** For the page that explains them, which is rendered where they are known. */
export const findingKinds = listFindingKinds;

/** What the codes of findings stand for. */
export const findings = resource("/api/v1/findings", {
  GET: route({
    summary: "List the codes that a finding can have, with what each stands for",
    answers: { 200: { description: "The codes", schema: findingKindListSchema } },
    handle: () => Response.json(listFindingKinds()),
  }),
});
