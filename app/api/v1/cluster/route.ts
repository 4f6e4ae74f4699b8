import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { cluster } from "@/server/http/routes/cluster";

export const { GET } = serve(mooring, cluster);
