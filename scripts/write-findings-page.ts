import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { buildFindingsPage } from "@/server/domain/findings/findings-page";

const page = fileURLToPath(new URL("../docs/findings.md", import.meta.url));
writeFileSync(page, buildFindingsPage());
