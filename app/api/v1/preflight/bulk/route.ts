import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { preflightBulk } from "@/server/http/routes/preflight";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, preflightBulk);
