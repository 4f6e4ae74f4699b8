import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { cluster } from "@/server/http/routes/cluster";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, cluster);
