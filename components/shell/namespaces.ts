"use client";

import { parseAsArrayOf, parseAsString, useQueryState } from "nuqs";
import { useEffect, useMemo } from "react";

import { useClaims, useServices } from "@/components/query/lists";

const MEMORY = "mooring-namespaces";
/** In a link: all namespaces, whatever the reader's browser remembers. */
export const ALL_NAMESPACES = "*";

const parser = parseAsArrayOf(parseAsString).withOptions({ history: "push" });

/** The namespaces looked at: those of the URL; empty means all. */
export function useNamespaces(): {
  selected: readonly string[];
  select: (namespaces: readonly string[]) => void;
} {
  const [inUrl, setInUrl] = useQueryState("ns", parser);
  const selected = useMemo(() => (inUrl ?? []).filter((name) => name !== ALL_NAMESPACES), [inUrl]);
  const select = (namespaces: readonly string[]) => {
    localStorage.setItem(MEMORY, namespaces.join(","));
    void setInUrl(namespaces.length === 0 ? null : [...namespaces]);
  };
  return { selected, select };
}

/** Puts the remembered namespaces back into a URL that names none. Mounted once, in the shell. */
export function useRememberedNamespaces(pathname: string): void {
  const [inUrl, setInUrl] = useQueryState("ns", parser);
  const isList = pathname === "/" || pathname === "/claims";
  const missing = isList && inUrl === null;
  useEffect(() => {
    if (!missing) return;
    const remembered = (localStorage.getItem(MEMORY) ?? "").split(",").filter(Boolean);
    if (remembered.length > 0) void setInUrl(remembered, { history: "replace" });
  }, [missing, setInUrl]);
}

/** Every namespace that has a service or a claim, with how many services it has. */
export function useKnownNamespaces(): readonly { name: string; services: number }[] {
  const services = useServices();
  const claims = useClaims();
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const claim of claims?.items ?? []) counts.set(claim.namespace, 0);
    for (const { namespace } of services?.items ?? []) {
      counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
    }
    return [...counts]
      .map(([name, count]) => ({ name, services: count }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }, [services, claims]);
}
