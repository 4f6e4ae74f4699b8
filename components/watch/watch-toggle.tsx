"use client";

import { Button } from "@mantine/core";
import { IconBell, IconBellRinging } from "@tabler/icons-react";
import { useState } from "react";

import { useCluster } from "@/components/query/lists";
import type { ServiceView } from "@/server/contract/service-view";
import { toldCodes } from "./plan-notices";
import { knownAtFirst, setWatched, useWatched } from "./watched";

type WatchToggleProps = Readonly<{ service: ServiceView }>;

/** Asks the browser to tell of this service on the desktop. Permission is asked for by the click and never before. */
export function WatchToggle({ service }: WatchToggleProps) {
  const clusterId = useCluster()?.id ?? null;
  const key = `${clusterId ?? ""}/${service.namespace}/${service.name}`;
  const isWatched = useWatched().includes(key);
  const [refusal, setRefusal] = useState<string | null>(null);
  const toggle = async () => {
    if (isWatched) {
      setWatched(key, false);
      return;
    }
    const why = await askPermission();
    setRefusal(why);
    if (why !== null) return;
    knownAtFirst.set(key, toldCodes(service));
    if (!setWatched(key, true)) {
      setRefusal("This browser keeps nothing for this page, so it cannot remember what to watch.");
    }
  };
  return (
    <>
      <Button
        aria-pressed={isWatched}
        disabled={clusterId === null}
        data-tip={
          isWatched
            ? "This browser tells you while a tab of Mooring is open. Click to end that."
            : "Be told on the desktop when an error or a warning opens here, and when all is clear"
        }
        leftSection={
          isWatched ? (
            <IconBellRinging size={15} stroke={1.6} aria-hidden />
          ) : (
            <IconBell size={15} stroke={1.6} aria-hidden />
          )
        }
        onClick={() => void toggle()}
      >
        {isWatched ? "Watching" : "Watch"}
      </Button>
      <span role="status" className={refusal === null ? "visually-hidden" : "watch-refusal dim"}>
        {refusal}
      </span>
    </>
  );
}

/** null: notifications may be shown; else why not. */
async function askPermission(): Promise<string | null> {
  if (!("Notification" in window)) return "This browser cannot show notifications.";
  const permission = await Notification.requestPermission();
  if (permission === "granted") return null;
  return permission === "denied"
    ? "Notifications of this page are blocked. The browser's settings for this site can allow them."
    : "Without permission there are no notifications.";
}
