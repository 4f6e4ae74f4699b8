import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { openapi } from "@/server/http/routes/openapi";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, openapi);
