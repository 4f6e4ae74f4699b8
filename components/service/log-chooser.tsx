"use client";

import type { PodView } from "@/server/contract/service-view";
import { describeContainer, findContainer, type ChosenLog } from "./log-choice";
import { useServiceUrl } from "./use-service-url";

type LogChooserProps = Readonly<{ pods: readonly PodView[]; chosen: ChosenLog }>;

/** Which container of which pod, and which of its runs. */
export function LogChooser({ pods, chosen }: LogChooserProps) {
  const { openLogs } = useServiceUrl();
  const { pod, container, previous } = chosen;
  const facts = findContainer(pods, chosen);
  return (
    <>
      <select
        className="select"
        aria-label="Container"
        value={`${pod}/${container}`}
        onChange={(event) => {
          const [nextPod = "", nextContainer = ""] = event.currentTarget.value.split("/");
          openLogs(nextPod, nextContainer);
        }}
      >
        {facts === null ? (
          <option value={`${pod}/${container}`}>
            {container} of {pod} · gone
          </option>
        ) : null}
        {pods.map((entry) => (
          <optgroup key={entry.name} label={entry.name}>
            {entry.containers.map((choice) => (
              <option key={choice.name} value={`${entry.name}/${choice.name}`}>
                {choice.name} · {describeContainer(choice)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      {previous || facts?.hasPrevious === true ? (
        <select
          className="select"
          aria-label="Run"
          value={String(previous)}
          onChange={(event) => openLogs(pod, container, event.currentTarget.value === "true")}
        >
          <option value="false">Present run</option>
          <option value="true">Run before</option>
        </select>
      ) : null}
    </>
  );
}
