"use client";

import { usePathname } from "next/navigation";
import { parseAsArrayOf, parseAsString, useQueryState } from "nuqs";
import { useEffect, useMemo, useSyncExternalStore } from "react";

import { useClaims, useServices } from "@/components/query/lists";

const MEMORY = "mooring-namespaces";
/** In a link: all namespaces, whatever the reader's browser remembers. */
export const ALL_NAMESPACES = "*";

const parser = parseAsArrayOf(parseAsString).withOptions({ history: "push" });
const listeners = new Set<() => void>();

function remember(namespaces: readonly string[]): void {
  localStorage.setItem(MEMORY, namespaces.join(","));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function useRemembered(): readonly string[] {
  const text = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(MEMORY) ?? "",
    () => "",
  );
  return useMemo(() => text.split(",").filter(Boolean), [text]);
}

/** Pages whose rows the namespaces narrow down; elsewhere they only wait to be used again. */
function isListPage(pathname: string): boolean {
  return pathname === "/" || pathname === "/claims";
}

/** The namespaces looked at: those of the URL, and away from the lists those remembered; empty means all. */
export function useNamespaces(): {
  selected: readonly string[];
  select: (namespaces: readonly string[]) => void;
} {
  const [inUrl, setInUrl] = useQueryState("ns", parser);
  const remembered = useRemembered();
  const onList = isListPage(usePathname());
  const selected = useMemo(() => {
    if (inUrl === null) return onList ? [] : remembered;
    return inUrl.filter((name) => name !== ALL_NAMESPACES);
  }, [inUrl, onList, remembered]);
  const select = (namespaces: readonly string[]) => {
    const sorted = [...namespaces].sort();
    remember(sorted);
    void setInUrl(sorted.length === 0 || !onList ? null : sorted);
  };
  return { selected, select };
}

/** The address of a list, with the namespaces looked at. */
export function useListHref(page: string): string {
  const { selected } = useNamespaces();
  return isListPage(page) && selected.length > 0 ? `${page}?ns=${selected.join(",")}` : page;
}

/** Puts the remembered namespaces back into a page that was opened without any. Mounted once, in the shell. */
export function useRememberedNamespaces(): void {
  const [inUrl, setInUrl] = useQueryState("ns", parser);
  const onList = isListPage(usePathname());
  const missing = onList && inUrl === null;
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
