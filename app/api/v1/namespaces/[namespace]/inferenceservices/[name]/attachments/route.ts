import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { inferenceServiceAttachments } from "@/server/http/routes/inference-services";

export const { POST } = serve(mooring, inferenceServiceAttachments);
