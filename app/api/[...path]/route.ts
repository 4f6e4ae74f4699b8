import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { unknownResource } from "@/server/http/routes/unknown";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, unknownResource);
