"use client";

import { Button } from "@mantine/core";
import { IconFileText, IconHourglass } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { EmptyState } from "@/components/primitives/states";
import type { PodView, ServiceView } from "@/server/contract/service-view";
import {
  chooseLog,
  describeContainer,
  findContainer,
  hasNotStarted,
  pickContainer,
  type ChosenLog,
} from "./log-choice";
import { LogChooser } from "./log-chooser";
import { LogView } from "./log-view";
import "./logs.css";
import { useServiceUrl } from "./use-service-url";

type LogsTabProps = Readonly<{ service: ServiceView; pods: readonly PodView[] }>;

/** The log of one container; the failing one unless the reader chose another. The link then shows the same. */
export function LogsTab({ service, pods }: LogsTabProps) {
  const chosen = useChosenLog(pods);
  if (chosen === null) {
    return (
      <EmptyState icon={IconFileText} title="No pods, no logs">
        Logs appear as soon as the first pod of {service.name} starts.
      </EmptyState>
    );
  }
  return <ChosenLogView service={service} pods={pods} chosen={chosen} />;
}

/** What the URL names; what it leaves open is chosen once and then named there. null without pods. */
function useChosenLog(pods: readonly PodView[]): ChosenLog | null {
  const { pod, container, previous, settleLogs } = useServiceUrl();
  // Chosen once: a log must not change under the reader because another container moved on.
  const [first] = useState(() => pickContainer(pods));
  const chosen = chooseLog(pods, { pod, container, previous }, first);
  const isNamed = pod !== null && container !== null && previous !== null;
  const unnamed = isNamed ? null : chosen;
  useEffect(() => {
    if (unnamed !== null) settleLogs(unnamed);
    // Each value of `unnamed` is named once; `settleLogs` is new with every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see the line above
  }, [unnamed?.pod, unnamed?.container, unnamed?.previous]);
  return chosen;
}

type ChosenProps = LogsTabProps & Readonly<{ chosen: ChosenLog }>;

function ChosenLogView({ service, pods, chosen }: ChosenProps) {
  const { pod, container, previous } = chosen;
  const facts = findContainer(pods, chosen);
  // What was read of a pod stays in sight when the pod goes.
  const [wasThere, setWasThere] = useState<string | null>(null);
  const key = `${pod}/${container}/${String(previous)}`;
  if (facts !== null && wasThere !== key) setWasThere(key);
  const chooser = <LogChooser pods={pods} chosen={chosen} />;
  if (facts === null && wasThere !== key) {
    return (
      <div className="logs">
        <div className="logs-tools">{chooser}</div>
        <PodGone pods={pods} chosen={chosen} />
      </div>
    );
  }
  if (hasNotStarted(facts)) {
    return (
      <div className="logs">
        <div className="logs-tools">{chooser}</div>
        <EmptyState icon={IconHourglass} title={`${container} has not started yet`}>
          {facts === null ? null : `State: ${describeContainer(facts)}. `}
          Its log appears here when it starts.
        </EmptyState>
      </div>
    );
  }
  return <LogView key={key} service={service} facts={facts} chosen={chosen} chooser={chooser} />;
}

function PodGone({ pods, chosen }: Readonly<{ pods: readonly PodView[]; chosen: ChosenLog }>) {
  const { openLogs } = useServiceUrl();
  const podIsThere = pods.some(({ name }) => name === chosen.pod);
  const next = pickContainer(pods);
  return (
    <EmptyState
      icon={IconFileText}
      title={
        podIsThere
          ? `Pod ${chosen.pod} has no container ${chosen.container}`
          : `Pod ${chosen.pod} is gone`
      }
      action={
        next === null ? undefined : (
          <Button onClick={() => openLogs(next.pod, next.container)}>
            Show {next.container} of the pod that is there
          </Button>
        )
      }
    >
      {podIsThere
        ? "Its containers are in the list above."
        : "Kubernetes keeps the log of a pod no longer than the pod itself. What happened to it is on the timeline."}
    </EmptyState>
  );
}
