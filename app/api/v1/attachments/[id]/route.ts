import { mooring } from "@/server/bootstrap";
import { serve } from "@/server/http/define-route";
import { attachment } from "@/server/http/routes/attachments";

export const { GET, POST, PUT, PATCH, DELETE } = serve(mooring, attachment);
