"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { IconStack2 } from "@tabler/icons-react";
import Link from "next/link";

import { EmptyState, SkeletonLines } from "@/components/primitives/states";
import { timelineOptions } from "@/components/query/details";
import { TimelineTab } from "./timeline-tab";

type ServiceGoneProps = Readonly<{ namespace: string; name: string }>;

/** Its last items are stored a moment after its end, and no stream tells of a service that is gone. */
const READ_AGAIN_MS = 5_000;

/** A service that there is not: what happened to it, if there ever was one. */
export function ServiceGone({ namespace, name }: ServiceGoneProps) {
  const history = useInfiniteQuery({
    ...timelineOptions(namespace, name, NO_FILTER),
    refetchInterval: READ_AGAIN_MS,
  });
  if (history.isPending) return <SkeletonLines lines={6} />;
  if (history.isError) {
    return (
      <EmptyState icon={IconStack2} title={`${name} does not exist in ${namespace}`}>
        It may have been deleted, or the link is from another cluster.{" "}
        <Link href="/">All services</Link>
      </EmptyState>
    );
  }
  return (
    <>
      <header className="service-head">
        <div className="service-title">
          <h1>
            {name} <span className="faint service-ns">{namespace}</span>
          </h1>
          <p className="dim">
            This service no longer exists. What happened to it is kept for a while.{" "}
            <Link href="/">All services</Link>
          </p>
        </div>
      </header>
      <section className="service-tabs" aria-label="History">
        <TimelineTab namespace={namespace} name={name} />
      </section>
    </>
  );
}

const NO_FILTER = { source: null, kind: null, about: null };
