import type { Metadata } from "next";

import { ClaimPage } from "@/components/claim/claim-page";

type PageProps = Readonly<{ params: Promise<{ namespace: string; name: string }> }>;

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { namespace, name } = await params;
  return { title: `${decodeURIComponent(name)} · ${decodeURIComponent(namespace)}` };
}

export default async function Page({ params }: PageProps) {
  const { namespace, name } = await params;
  return <ClaimPage namespace={decodeURIComponent(namespace)} name={decodeURIComponent(name)} />;
}
