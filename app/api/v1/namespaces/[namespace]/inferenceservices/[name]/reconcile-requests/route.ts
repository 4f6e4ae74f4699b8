import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { inferenceServiceReconcileRequests } from "@/server/http/routes/inference-services";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, inferenceServiceReconcileRequests);
