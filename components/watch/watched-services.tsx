"use client";

import { useEffect, useRef } from "react";

import { useCluster, useServices } from "@/components/query/lists";
import type { ServiceView } from "@/server/contract/service-view";
import { planNotices, type Known, type Notice } from "./plan-notices";
import { knownAtFirst, useWatched } from "./watched";

/** What comes and goes within this time is no news. */
const SETTLE_MS = 2_000;

/** Shows a notification of the desktop for each piece of news about a watched service, while this tab is open. */
export function WatchedServices() {
  const watched = useWatched();
  const services = useServices();
  const clusterId = useCluster()?.id ?? null;
  const known = useRef<Known>(new Map());
  const look = useRef<() => void>(() => undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    if (services?.complete !== true || clusterId === null) return;
    const keyOf = ({ namespace, name }: ServiceView) => `${clusterId}/${namespace}/${name}`;
    known.current = new Map([...known.current, ...knownAtFirst]);
    knownAtFirst.clear();
    look.current = () => {
      timer.current = undefined;
      const news = planNotices(known.current, services.items, { watched: new Set(watched), keyOf });
      known.current = news.known;
      for (const notice of news.notices) show(notice);
    };
    // What a service has at first is taken as it is at once, so that all that follows is news.
    const isNew = (service: ServiceView) =>
      watched.includes(keyOf(service)) && !known.current.has(keyOf(service));
    if (services.items.some(isNew)) look.current();
    else timer.current ??= setTimeout(() => look.current(), SETTLE_MS);
  }, [services, clusterId, watched]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return null;
}

function show({ title, body, tag, service }: Notice): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const notification = new Notification(title, { body, tag });
  notification.onclick = () => {
    window.focus();
    window.location.assign(`/namespaces/${service.namespace}/inferenceservices/${service.name}`);
  };
}
