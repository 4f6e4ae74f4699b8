import type { Metadata } from "next";

import { FindingsPage } from "@/components/findings/findings-page";
import { findingKinds } from "@/server/http/routes/findings";

export const metadata: Metadata = { title: "What findings mean" };

export default function Page() {
  return <FindingsPage kinds={findingKinds().items} />;
}
