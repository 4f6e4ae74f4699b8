"use client";

import { IconSearch } from "@tabler/icons-react";
import Link from "next/link";

import { useCluster } from "@/components/query/lists";
import { BrandMark } from "./brand";
import { LiveIndicator } from "./live-indicator";
import { NamespacePicker } from "./namespace-picker";
import { ThemeSwitch } from "./theme-switch";

/** What holds for every page: which namespaces, search, whether it is live. */
export function TopBar({ onSearch }: Readonly<{ onSearch: () => void }>) {
  const cluster = useCluster();
  return (
    <header className="top">
      <Link href="/" className="top-brand" aria-label="Mooring">
        <BrandMark size={20} />
      </Link>
      <NamespacePicker />
      <button type="button" className="field search-field" onClick={onSearch} aria-label="Search">
        <IconSearch size={14} stroke={1.8} aria-hidden />
        <span>Search services, claims, actions</span>
        <kbd className="kbd" aria-hidden>
          ⌘K
        </kbd>
      </button>
      <span className="top-space" />
      {cluster?.mode === "sandbox" ? (
        <p className="sandbox">
          <span className="sandbox-long">Sandbox: a simulated cluster on this machine</span>
          <span className="sandbox-dot" aria-hidden>
            ·
          </span>
          <Link href="/about#connect">
            <span className="sandbox-short" aria-hidden>
              Sandbox
            </span>
            <span className="sandbox-connect">connect yours</span>
          </Link>
        </p>
      ) : null}
      <LiveIndicator />
      <ThemeSwitch />
    </header>
  );
}
