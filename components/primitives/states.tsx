"use client";

import { Button } from "@mantine/core";
import { IconPlugConnectedX, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { ProblemError } from "@/components/query/api-client";

type EmptyProps = Readonly<{
  icon: Icon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}>;

/** Nothing to show, and what to do about it. */
export function EmptyState({ icon: Mark, title, children, action }: EmptyProps) {
  return (
    <div className="state">
      <Mark size={22} stroke={1.4} aria-hidden />
      <h2>{title}</h2>
      <div className="dim">{children}</div>
      {action}
    </div>
  );
}

/** What went wrong in the server's own words, and a way on. */
export function ErrorState({ error, onRetry }: Readonly<{ error: unknown; onRetry?: () => void }>) {
  const problem = error instanceof ProblemError ? error.problem : null;
  return (
    <div className="state" role="alert">
      <IconPlugConnectedX size={22} stroke={1.4} aria-hidden />
      <h2>{problem?.title ?? "Mooring's server did not answer"}</h2>
      <p className="dim">
        {problem?.detail ?? (error instanceof Error ? error.message : String(error))}
      </p>
      {problem?.requestId ? <p className="faint mono">request {problem.requestId}</p> : null}
      {onRetry ? <Button onClick={onRetry}>Try again</Button> : null}
    </div>
  );
}

/** Grey lines in the measure of what will stand there. */
export function SkeletonLines({ lines = 4 }: Readonly<{ lines?: number }>) {
  return (
    <div className="skeleton-lines" role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton" data-width={index % 3} />
      ))}
    </div>
  );
}
