"use client";

import Link from "next/link";

import { SeverityIcon } from "@/components/primitives/severity-mark";
import { useCluster } from "@/components/query/lists";

/** On every page, while Mooring's own operator was asked for and does not work: why, and what to do. */
export function OperatorBanner() {
  const refused = useCluster()?.operator.refused ?? null;
  if (refused === null) return null;
  return (
    <div className="operator-banner" role="alert">
      <SeverityIcon severity="error" size={16} />
      <p>
        <strong>Mooring&apos;s own operator is not running.</strong> {refused.message}{" "}
        <Link href="/about#operator-facts">About this cluster</Link>
      </p>
    </div>
  );
}
