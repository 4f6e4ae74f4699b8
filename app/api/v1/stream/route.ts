import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { stream } from "@/server/http/routes/stream";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, stream);
