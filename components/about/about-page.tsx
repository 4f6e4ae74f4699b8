"use client";

import { useQuery } from "@tanstack/react-query";

import { Age } from "@/components/primitives/age";
import { Fact } from "@/components/primitives/fact";
import { SkeletonLines } from "@/components/primitives/states";
import { sessionOptions } from "@/components/query/details";
import { useCluster } from "@/components/query/lists";
import type { Cluster, Session } from "@/server/contract/cluster";
import "../service/service.css";
import "./about.css";
import { ConnectCluster } from "./connect-cluster";
import { HistoryFacts } from "./history-facts";
import { OperatorFacts } from "./operator-facts";
import { WatchedKinds } from "./watched-kinds";

/** The cluster as Mooring sees it: what it may read, how old that is, and how it is set up. */
export function AboutPage() {
  const cluster = useCluster();
  const session = useQuery(sessionOptions());
  return (
    <>
      <div className="page-head">
        <div>
          <h1>About this cluster</h1>
          <p>What Mooring sees, how fresh it is, and how it is set up.</p>
        </div>
      </div>
      {cluster === undefined ? (
        <SkeletonLines lines={10} />
      ) : (
        <>
          <div className="facts-columns">
            <ClusterFacts cluster={cluster} />
            <OperatorFacts operator={cluster.operator} />
            {session.data === undefined ? null : <SessionFacts session={session.data} />}
            <HistoryFacts history={cluster.history} notifications={cluster.notifications} />
          </div>
          <WatchedKinds kinds={cluster.kinds} />
          <Configuration configuration={cluster.configuration} />
        </>
      )}
      <ConnectCluster />
    </>
  );
}

function ClusterFacts({ cluster }: Readonly<{ cluster: Cluster }>) {
  return (
    <section className="card facts" aria-labelledby="cluster-facts">
      <h2 id="cluster-facts">Cluster</h2>
      <dl>
        <Fact label="Kind">
          {cluster.mode === "sandbox" ? "Sandbox, simulated on this machine" : "Kubernetes cluster"}
        </Fact>
        <Fact label="Connection">
          {cluster.connected ? "connected" : <span className="tone-warning">not connected</span>}
        </Fact>
        <Fact label="Last event">
          {cluster.observedAt === null ? "none yet" : <Age at={cluster.observedAt} suffix=" ago" />}
        </Fact>
        <Fact label="Server">
          <span className="mono">{cluster.server}</span>
        </Fact>
        <Fact label="Context">
          <span className="mono">{cluster.context ?? "in the cluster"}</span>
        </Fact>
        <Fact label="Kubernetes">{cluster.version ?? "not known"}</Fact>
        <Fact label="Mooring">{cluster.mooringVersion}</Fact>
        <Fact label="Cluster id">
          <span className="mono faint">{cluster.id ?? "not known"}</span>
        </Fact>
      </dl>
    </section>
  );
}

const MAY_WORDS = [
  ["attach", "Attach claims"],
  ["listServices", "List services"],
  ["listClaims", "List claims"],
  ["readLogs", "Read logs"],
] as const;

function SessionFacts({ session }: Readonly<{ session: Session }>) {
  return (
    <section className="card facts" aria-labelledby="session-facts">
      <h2 id="session-facts">You</h2>
      <dl>
        <Fact label="Name">{session.user.name}</Fact>
        <Fact label="Signed in">
          {session.auth === "local" ? "as the local user of this machine" : `with ${session.auth}`}
        </Fact>
        {MAY_WORDS.map(([key, label]) => (
          <Fact key={key} label={label}>
            <May allowed={session.can[key]} />
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function May({ allowed }: Readonly<{ allowed: boolean | null }>) {
  if (allowed === null) return <span className="faint">could not be determined</span>;
  return allowed ? <>allowed</> : <span className="tone-warning">not allowed</span>;
}

function Configuration({ configuration }: Pick<Cluster, "configuration">) {
  if (configuration.length === 0) return null;
  return (
    <section className="about-section" aria-labelledby="configuration">
      <h2 id="configuration">Configuration</h2>
      <table className="plain-table">
        <thead>
          <tr>
            <th>Name</th>
            <th>Value</th>
          </tr>
        </thead>
        <tbody>
          {configuration.map(({ name, value }) => (
            <tr key={name}>
              <td className="mono">{name}</td>
              <td className="mono dim wrap">{value === "" ? "(empty)" : value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
