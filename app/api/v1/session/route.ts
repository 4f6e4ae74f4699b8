import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { session } from "@/server/http/routes/cluster";

export const { GET } = serve(mooring, session);
