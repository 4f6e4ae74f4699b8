import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { persistentVolumeClaims } from "@/server/http/routes/claims";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, persistentVolumeClaims);
