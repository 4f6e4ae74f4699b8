"use client";

import {
  IconDatabase,
  IconInfoCircle,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconStack2,
  type Icon,
} from "@tabler/icons-react";
import Link from "next/link";
import { usePathname } from "next/navigation";

import { useClaims, useServices } from "@/components/query/lists";
import { BrandMark } from "./brand";
import { useListHref } from "./namespaces";

type RailProps = Readonly<{ collapsed: boolean; onToggle: () => void }>;

/** Where one can go; a bar at the bottom on narrow screens. */
export function Rail({ collapsed, onToggle }: RailProps) {
  const services = useServices();
  const claims = useClaims();
  const Toggle = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav className="rail" aria-label="Pages">
      <Link href="/" className="brand" aria-label="Mooring">
        <BrandMark />
        <span>Mooring</span>
      </Link>
      <RailLink href="/" icon={IconStack2} label="Services" count={services?.items.length} />
      <RailLink href="/claims" icon={IconDatabase} label="Claims" count={claims?.items.length} />
      <RailLink href="/about" icon={IconInfoCircle} label="About" />
      <button
        type="button"
        className="rail-link rail-toggle"
        onClick={onToggle}
        aria-label={collapsed ? "Expand the navigation" : "Collapse the navigation"}
        aria-expanded={!collapsed}
      >
        <Toggle size={17} stroke={1.6} aria-hidden />
        <span>Collapse</span>
      </button>
    </nav>
  );
}

type RailLinkProps = Readonly<{
  href: string;
  icon: Icon;
  label: string;
  count?: number | undefined;
}>;

function RailLink({ href, icon: Mark, label, count }: RailLinkProps) {
  const section = toSection(usePathname());
  const current = section === href;
  const target = useListHref(href);
  return (
    <Link
      href={target}
      className="rail-link"
      aria-current={current ? "page" : undefined}
      title={label}
    >
      <Mark size={17} stroke={current ? 1.9 : 1.6} aria-hidden />
      <span>{label}</span>
      {count === undefined ? null : <b className="num">{count}</b>}
    </Link>
  );
}

/** A service's page belongs to Services, a claim's to Claims, what findings mean to none. */
function toSection(pathname: string): string {
  if (pathname.startsWith("/findings")) return "/findings";
  if (pathname.startsWith("/about")) return "/about";
  if (pathname.startsWith("/claims") || pathname.includes("/persistentvolumeclaims/")) {
    return "/claims";
  }
  return "/";
}
