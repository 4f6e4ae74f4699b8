import type { ObjectKey, ServiceDetail } from "@/server/contract/service-view";
import { buildServiceDetail } from "@/server/domain/views/service-detail";
import type { ServiceContext } from "./context";
import { factsOf } from "./service-facts";

/** Attachments that the page shows; `GET /attachments` has the rest. */
const SHOWN_ATTACHMENTS = 50;

/** Everything the service's page shows. @throws AppError `NotFound`. */
export async function getService(ctx: ServiceContext, key: ObjectKey): Promise<ServiceDetail> {
  const facts = factsOf(ctx, key);
  const { items } = await ctx.attachments.list({ ...key, limit: SHOWN_ATTACHMENTS });
  return buildServiceDetail(facts, { attachments: items });
}
