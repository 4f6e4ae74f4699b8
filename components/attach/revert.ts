import type { Attachment } from "@/server/contract/attachment";
import type { useAttachUrl } from "./attach-url";

type Attach = Pick<ReturnType<typeof useAttachUrl>, "open" | "openDetach">;

/** Opens the panel for what an earlier request asked for: its claim or none, and what it said about persistence. */
export function revert(
  attach: Attach,
  { id, claimName, persistence }: Pick<Attachment, "id" | "claimName" | "persistence">,
): void {
  const extras = { revert: id, persistence };
  if (claimName === null) attach.openDetach(extras);
  else attach.open(claimName, extras);
}
