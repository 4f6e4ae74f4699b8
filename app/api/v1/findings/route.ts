import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { findings } from "@/server/http/routes/findings";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, findings);
