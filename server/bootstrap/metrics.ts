import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

import { attachmentStates } from "@/server/contract/attachment";
import type { RequestRecord } from "@/server/http/define-route";

/** Read when somebody asks for the metrics. */
export type MetricSources = {
  readonly kinds: () => readonly {
    readonly plural: string;
    readonly restarts: number;
    readonly objects: number;
  }[];
  readonly connected: () => boolean;
  readonly attachmentStates: () => readonly string[];
  readonly streamClients: () => number;
  readonly historyRecording: () => boolean;
  readonly notifications: () => Readonly<Record<(typeof MESSAGE_STATES)[number], number | null>>;
};

const MESSAGE_STATES = ["pending", "delivered", "givenUp"] as const;

export interface Metrics {
  recordRequest(record: RequestRecord): void;
  read(): Promise<{ contentType: string; text: string }>;
}

/** Metrics of this process in a registry of their own. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "mooring_http_request_duration_seconds",
    help: "Time until the answer began, by route template",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  addClusterMetrics(registry, sources);
  addHistoryMetrics(registry, sources);
  return {
    recordRequest: ({ method, route, status, durationMs }) =>
      requests.observe({ method, route, status }, durationMs / 1000),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function addClusterMetrics(registry: Registry, sources: MetricSources): void {
  const perKind = (name: string, help: string, value: (kind: Kind) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["plural"],
      registers: [registry],
      collect() {
        this.reset();
        for (const kind of sources.kinds()) this.set({ plural: kind.plural }, value(kind));
      },
    });
  perKind(
    "mooring_reflector_restarts",
    "Lists and watches that had to be begun again, by kind",
    (kind) => kind.restarts,
  );
  perKind("mooring_objects", "Objects held in memory, by kind", (kind) => kind.objects);
  new Gauge({
    name: "mooring_cluster_connected",
    help: "1 while every visible kind is being watched",
    registers: [registry],
    collect() {
      this.set(Number(sources.connected()));
    },
  });
  new Gauge({
    name: "mooring_attachments",
    help: "Services by the state of their open attachment, else their last",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      for (const state of attachmentStates) this.set({ state }, 0);
      for (const state of sources.attachmentStates()) this.inc({ state });
    },
  });
  new Gauge({
    name: "mooring_stream_clients",
    help: "Open event streams",
    registers: [registry],
    collect() {
      this.set(sources.streamClients());
    },
  });
}

function addHistoryMetrics(registry: Registry, sources: MetricSources): void {
  new Gauge({
    name: "mooring_history_recording",
    help: "1 while what happens is being stored",
    registers: [registry],
    collect() {
      this.set(Number(sources.historyRecording()));
    },
  });
  new Gauge({
    name: "mooring_webhook_messages",
    help: "Messages to the webhook that are kept in the database, by state",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      const notifications = sources.notifications();
      this.reset();
      for (const state of MESSAGE_STATES) {
        const messages = notifications[state];
        if (messages !== null) this.set({ state }, messages);
      }
    },
  });
}

type Kind = ReturnType<MetricSources["kinds"]>[number];
