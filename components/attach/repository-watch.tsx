"use client";

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { FindingCard } from "@/components/primitives/finding-card";
import { preflightOptions, type AskedChange } from "@/components/query/details";
import type { ServiceView } from "@/server/contract/service-view";
import { toChange, useAttachUrl, type AttachTarget } from "./attach-url";
import { RepositoryHint } from "./repository-hint";
import {
  toRepositoryProgress,
  type RepositoryStep,
  type RepositoryStepName,
} from "./repository-steps";
import { StepList } from "./step-list";

type Words = Readonly<{ done: string; current: string; stopped: string }>;

const LABELS = {
  applied: {
    done: "Applied by your repository",
    current: "Waiting for your repository to apply it",
    stopped: "Not applied",
  },
  rolledOut: { done: "Rolled out", current: "Rolling out", stopped: "Not rolled out" },
  downloaded: {
    done: "Model on the claim",
    current: "Downloading",
    stopped: "The model is not on the claim",
  },
  mounted: {
    done: "Mounted by the pods",
    current: "Mounting",
    stopped: "Not mounted by the pods",
  },
  ready: { done: "Ready", current: "Becoming ready", stopped: "Not ready" },
} as const satisfies Record<RepositoryStepName, Words>;

type RepositoryWatchProps = Readonly<{ service: ServiceView; target: AttachTarget }>;

/** A change on its way through a repository. Mooring writes and stores nothing for it: the service's row tells. */
export function RepositoryWatch({ service, target }: RepositoryWatchProps) {
  const change = toChange(target);
  const { claimName } = change;
  const { steps, ended, finding } = toRepositoryProgress(service, { claimName });
  const waits = steps[0]?.state === "current";
  return (
    <>
      <div className="stepper">
        <p className="impact" role="status">
          {toHeadline({ claimName, waits, ended })}
        </p>
        <StepList steps={steps.map((step) => ({ ...step, label: labelOf(step) }))} />
        {finding === null ? null : <FindingCard finding={finding} />}
        {waits ? <Hint service={service} change={change} /> : null}
      </div>
      <WatchFoot ended={ended} />
    </>
  );
}

type HintProps = Readonly<{ service: ServiceView; change: AskedChange }>;

function Hint({ service, change }: HintProps) {
  const { data } = useQuery(preflightOptions(service.namespace, service.name, change));
  const repository = data?.repository ?? null;
  return repository === null ? null : <RepositoryHint repository={repository} />;
}

function WatchFoot({ ended }: Readonly<{ ended: boolean }>) {
  const { close, setWatching } = useAttachUrl();
  return (
    <div className="attach-foot">
      <p className="dim">
        {ended
          ? ""
          : "You can close this, or keep its link: it only watches the service, nothing is stored."}
      </p>
      <span className="attach-buttons">
        {ended ? null : <Button onClick={() => setWatching(false)}>Stop watching</Button>}
        <Button autoFocus variant="filled" onClick={close}>
          {ended ? "Done" : "Close"}
        </Button>
      </span>
    </div>
  );
}

function labelOf({ name, state }: RepositoryStep): string {
  const words = LABELS[name];
  return state === "current" || state === "stopped" ? words[state] : words.done;
}

type Headline = Readonly<{ claimName: string | null; waits: boolean; ended: boolean }>;

function toHeadline({ claimName, waits, ended }: Headline): string {
  if (waits) return "Waiting for your repository to apply it.";
  if (ended) {
    return claimName === null
      ? "Done: the service no longer names a claim."
      : `Done: the service runs from ${claimName}.`;
  }
  return claimName === null ? "Taking the claim away." : `Moving the service to ${claimName}.`;
}
