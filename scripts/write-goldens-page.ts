import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { buildGoldensPage } from "@/server/testing/goldens/normalisations";

const page = fileURLToPath(new URL("../docs/goldens.md", import.meta.url));
writeFileSync(page, buildGoldensPage());
