"use client";

import { IconX } from "@tabler/icons-react";
import Link from "next/link";
import { type ReactNode } from "react";

import { pageOf } from "@/components/primitives/object-link";
import type { ChainLink, ServiceView } from "@/server/contract/service-view";

const KIND_WORDS = {
  Model: "Model",
  InferenceService: "Service",
  Deployment: "Deployment",
  Pod: "Pods",
  PersistentVolumeClaim: "Claim",
  PersistentVolume: "Volume",
  Node: "Node",
} as const satisfies Record<ChainLink["kind"], string>;

const HEALTH_WORDS = {
  ok: "healthy",
  error: "failing",
  warning: "needs attention",
  waiting: "waiting",
  unknown: "unknown",
  absent: "not there",
} as const satisfies Record<ChainLink["health"], string>;

type ChainProps = Readonly<{ service: ServiceView; links: readonly ChainLink[] }>;

/** Model → Service → Deployment → Pods → Claim → Volume → Node; the edge that fails says why. */
export function Chain({ service, links }: ChainProps) {
  // One failing edge explains the warnings beside it: their sentences are among the findings.
  const worst = links.some(({ edge }) => edge.health === "error") ? "error" : "warning";
  return (
    <ol className="chain" aria-label="From the model to the node">
      {links.map((link, index) => (
        <li key={link.kind} className="chain-link" data-health={link.health}>
          {index === 0 ? null : (
            <span className="chain-edge" data-health={link.edge.health} aria-hidden>
              {link.edge.health === "error" ? <IconX size={11} stroke={2.4} /> : null}
            </span>
          )}
          <ChainTarget href={hrefOf(service, link)}>
            <span className="chain-kind">{KIND_WORDS[link.kind]}</span>
            <span className="chain-title" title={link.title}>
              {link.title}
              <span className="visually-hidden"> ({HEALTH_WORDS[link.health]})</span>
            </span>
            <span className="chain-subtitle" title={link.subtitle}>
              {link.subtitle}
            </span>
            {link.edge.sentence === null || link.edge.health !== worst ? null : (
              <span
                className="chain-sentence"
                data-health={link.edge.health}
                title={link.edge.sentence}
              >
                {link.edge.sentence}
              </span>
            )}
          </ChainTarget>
        </li>
      ))}
    </ol>
  );
}

function ChainTarget({ href, children }: Readonly<{ href: string | null; children: ReactNode }>) {
  if (href === null) return <div className="chain-target">{children}</div>;
  return (
    <Link href={href} className="chain-target" scroll={false}>
      {children}
    </Link>
  );
}

type Target = (service: ServiceView, name: string) => string | null;

const tabOf =
  (query: string): Target =>
  (service) =>
    `${pageOf("InferenceService", service.namespace, service.name) ?? ""}?${query}`;
const claimOf: Target = (service) =>
  service.cache.effectiveClaim === null
    ? null
    : pageOf("PersistentVolumeClaim", service.namespace, service.cache.effectiveClaim);

/** Where a link of the chain leads: its YAML, its logs, its page, or the services of its node. */
const TARGETS = {
  Model: tabOf("tab=yaml&object=model"),
  InferenceService: tabOf("tab=yaml"),
  Deployment: tabOf("tab=yaml&object=deployment"),
  Pod: tabOf("tab=logs"),
  PersistentVolumeClaim: claimOf,
  PersistentVolume: claimOf,
  Node: (_service, name) => `/?node=${encodeURIComponent(name)}`,
} as const satisfies Record<ChainLink["kind"], Target>;

/** What does not exist leads nowhere; an unnamed pod is still one of the service's. */
function hrefOf(service: ServiceView, link: ChainLink): string | null {
  if (link.name === null && link.kind !== "Pod") return null;
  if (link.kind === "PersistentVolumeClaim" && link.health === "error") {
    return service.findings.some(({ code }) => code === "ModelCachePVCNotFound")
      ? null
      : claimOf(service, "");
  }
  return TARGETS[link.kind](service, link.name ?? "");
}

/** The chain's place, kept while it is read. */
export function ChainSkeleton({ failed }: Readonly<{ failed: boolean }>) {
  return (
    <div
      className="chain chain-skeleton"
      aria-busy={!failed}
      role="status"
      aria-label="Loading the chain"
    >
      {failed ? (
        <p className="dim">The chain could not be read.</p>
      ) : (
        Object.keys(KIND_WORDS).map((kind) => (
          <div key={kind} className="chain-link">
            <span className="skeleton" data-width="2" />
            <span className="skeleton" data-width="1" />
          </div>
        ))
      )}
    </div>
  );
}
