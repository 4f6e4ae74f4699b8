import type { Finding } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import type { Pod } from "../objects";
import { initStatuses } from "../pod-state";
import { servingClaimFacts } from "../service-state";
import { listNames, quote } from "../wording";
import { buildFinding, seen } from "./finding";

const DOWNLOADER = /^(draft-)?model-downloader(-\d+)?$/u;

type Download = { readonly pod: Pod; readonly directory: string };

/**
 * Two pods bring weights into one directory of a claim at once. LLMKube's downloader writes to one file name without a lock, so one pod
 * may rename, and serve, what the other is still writing. The built-in operator's does not.
 */
export function concurrentDownload(facts: ServiceFacts): Finding | null {
  const claimFacts = servingClaimFacts(facts);
  if (claimFacts === null || facts.surroundings.builtinOperator) return null;
  const all = claimFacts.pods.flatMap(downloadsOf);
  const own = new Set(facts.pods.map((pod) => pod.metadata.uid));
  const mine = all.find(({ pod }) => own.has(pod.metadata.uid));
  const together = all.filter(({ directory }) => directory === mine?.directory);
  if (mine === undefined || together.length < 2) return null;
  const names = together.map(({ pod }) => pod.metadata.name);
  return buildFinding({
    code: "ConcurrentDownload",
    severity: "warning",
    message: `Pods ${listNames(names)} download into ${quote(mine.directory)} of claim ${quote(claimFacts.claim.metadata.name)} at the same time, without a lock: the file may end up damaged.`,
    nextStep:
      "Let one pod finish first: scale the others to zero until it is ready. If a model does not load afterwards, delete its file and download again.",
    evidence: together.map(({ pod, directory }) =>
      seen(facts.surroundings, {
        kind: "Pod",
        object: pod,
        field: "spec.initContainers[model-downloader].env[CACHE_DIR]",
        value: directory,
      }),
    ),
  });
}

/** The directories that a pod is bringing weights into right now. */
function downloadsOf(pod: Pod): Download[] {
  const running = new Set(
    initStatuses(pod)
      .filter(({ name, state }) => DOWNLOADER.test(name) && state?.running !== undefined)
      .map(({ name }) => name),
  );
  return (pod.spec?.initContainers ?? [])
    .filter(({ name }) => running.has(name))
    .flatMap(({ env = [] }) => {
      const directory = env.find(({ name }) => name === "CACHE_DIR")?.value ?? "";
      return directory === "" ? [] : [{ pod, directory }];
    });
}
