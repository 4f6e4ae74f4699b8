import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { attachmentCancel } from "@/server/http/routes/attachments";

export const { POST } = serve(mooring, attachmentCancel);
