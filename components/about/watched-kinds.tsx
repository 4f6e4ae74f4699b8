"use client";

import { Age } from "@/components/primitives/age";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import type { WatchedKind } from "@/server/contract/cluster";

/** Every kind Mooring watches: whether it may, how many objects, how fresh, how often the watch had to start again. */
export function WatchedKinds({ kinds }: Readonly<{ kinds: readonly WatchedKind[] }>) {
  return (
    <section className="about-section" aria-labelledby="watched">
      <h2 id="watched">What Mooring may see</h2>
      <table className="plain-table">
        <thead>
          <tr>
            <th>Kind</th>
            <th>State</th>
            <th>Objects</th>
            <th>Last event</th>
            <th>Watch restarts</th>
            <th>Problem</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind.plural}>
              <td className="strong">{kind.kind}</td>
              <td>
                <KindState kind={kind} />
              </td>
              <td className="num dim">{kind.visible === false ? "unknown" : kind.objects}</td>
              <td className="faint">
                {kind.lastEventAt === null ? (
                  "none yet"
                ) : (
                  <Age at={kind.lastEventAt} suffix=" ago" />
                )}
              </td>
              <td className="num faint">{kind.restarts}</td>
              <td className="dim wrap">{kind.error}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function KindState({ kind }: Readonly<{ kind: WatchedKind }>) {
  if (kind.visible === false) {
    return (
      <span className="with-icon tone-warning">
        <SeverityIcon severity="warning" size={14} /> may not be listed
      </span>
    );
  }
  if (!kind.synced) return <span className="faint">reading…</span>;
  return <span className="dim">watching</span>;
}
