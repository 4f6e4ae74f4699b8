import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { preflight } from "@/server/http/routes/preflight";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, preflight);
