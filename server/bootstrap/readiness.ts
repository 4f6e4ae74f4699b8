import type { Cluster, Readiness } from "@/server/contract/cluster";
import { AppError } from "@/server/errors";
import type { Pingable } from "@/server/ports";
import type { ClusterLife } from "./cluster-life";

type Part = Readiness["parts"][number];

/**
 * Ready when every answer would be true: the cluster was read, its rows are there, the database answers. A history that
 * is not being recorded is named, and takes nobody out of service: all the rest goes on.
 */
export async function readinessOf(server: {
  readonly life: Pick<ClusterLife, "watches" | "rows"> | null;
  readonly problem: string | null;
  readonly database: Pingable;
  readonly history: Cluster["history"];
}): Promise<Readiness> {
  const parts = [...clusterParts(server), await databasePart(server.database)];
  return {
    ready: parts.every(({ ready }) => ready),
    parts: [...parts, historyPart(server.history)],
  };
}

function historyPart({ recording, problem }: Cluster["history"]): Part {
  const message = problem ?? (recording === true ? "recorded" : "nothing was stored yet");
  return { name: "history", ready: recording !== false, message };
}

function clusterParts({
  life,
  problem,
}: Pick<Parameters<typeof readinessOf>[0], "life" | "problem">): Part[] {
  if (!life) return [{ name: "cluster", ready: false, message: problem ?? "connecting" }];
  const { watches, rows } = life;
  return [
    watches.connected()
      ? { name: "cluster", ready: true, message: "watched" }
      : // What was read stays true enough to be shown with its age.
        { name: "cluster", ready: watches.synced(), message: "a watch is broken; tried again" },
    {
      name: "rows",
      ready: rows.ready,
      message: rows.ready ? "computed" : "the cluster is being read for the first time",
    },
  ];
}

async function databasePart(database: Pingable): Promise<Part> {
  try {
    await database.ping();
    return { name: "database", ready: true, message: "answers" };
  } catch (error) {
    const message = error instanceof AppError ? error.message : "does not answer";
    return { name: "database", ready: false, message };
  }
}
