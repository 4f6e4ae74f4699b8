"use client";

import { IconUnlink } from "@tabler/icons-react";

import { ObjectLink } from "@/components/primitives/object-link";
import type { ClaimUser, ClaimView } from "@/server/contract/claim-view";
import { serviceOfPod } from "./service-of-pod";

const HOW_WORDS = {
  declared: "names it in its spec",
  rolledOut: "has it in its Deployment",
  mounted: "has it mounted",
  preStaged: "serves a pre-staged model from it",
} as const satisfies Record<ClaimUser["how"], string>;

/** Who uses a claim, and how: services, their pods, other pods, the models on it. */
export function ClaimUsers({ claim }: Readonly<{ claim: ClaimView }>) {
  const { services, pods, otherPods } = claim.usedBy;
  const names = [...new Set(services.map(({ name }) => name))];
  return (
    <section className="claim-section" aria-labelledby="claim-users">
      <h2 id="claim-users">Used by</h2>
      {names.length === 0 && otherPods.length === 0 ? (
        <p className="dim with-icon">
          <IconUnlink size={15} stroke={1.6} aria-hidden /> No service names, mounts or serves from
          this claim, and no pod mounts it.
        </p>
      ) : (
        <table className="plain-table">
          <thead>
            <tr>
              <th>Who</th>
              <th>How</th>
              <th>Pods</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <td>
                  <ObjectLink kind="InferenceService" namespace={claim.namespace} name={name} />
                </td>
                <td className="dim">
                  {services
                    .filter((user) => user.name === name)
                    .map((user) => HOW_WORDS[user.how])
                    .join(", ")}
                </td>
                <td className="mono faint wrap">
                  {pods.filter((pod) => serviceOfPod(pod, names) === name).join(", ")}
                </td>
              </tr>
            ))}
            {otherPods.map((pod) => (
              <tr key={pod}>
                <td className="mono">{pod}</td>
                <td className="dim">another pod that mounts it</td>
                <td />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {claim.models.length > 0 ? (
        <p className="dim claim-models">
          Models on it: <span className="mono">{claim.models.join(", ")}</span>
        </p>
      ) : null}
    </section>
  );
}
