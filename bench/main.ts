import { parseArgs } from "node:util";

import { measureBareClone } from "./bare-clone";
import { measurePreflight } from "./preflight";
import { measureEventToStream } from "./event-to-stream";
import { measureReconciles, type ReconcileChoice } from "./reconcile/describe-reconcile";
import { measureSecondStart } from "./second-start";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    services: { type: "string", multiple: true, default: ["500", "2000"] },
    plane: { type: "string", multiple: true, default: ["full", "bare"] },
  },
});

/** Each benchmark by its name; without an argument all run. Figures in the documentation come from here. */
const BENCHMARKS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  "bare-clone": measureBareClone,
  "second-start": measureSecondStart,
  "event-to-stream": measureEventToStream,
  preflight: measurePreflight,
  reconcile: () => measureReconciles(reconcileChoice()),
};

/** `--services N` and `--plane full|bare`, each as often as wanted. */
function reconcileChoice(): ReconcileChoice {
  const planes = values.plane.map((plane) => {
    if (plane !== "full" && plane !== "bare") throw new Error(`--plane is full or bare`);
    return plane;
  });
  return { services: values.services.map(Number), planes };
}

for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)) {
  const benchmark = BENCHMARKS[name];
  if (!benchmark) throw new Error(`no benchmark "${name}": ${Object.keys(BENCHMARKS).join(", ")}`);
  console.log(`\n${name}`);
  for (const line of await benchmark()) console.log(line.startsWith("|") ? line : `  ${line}`);
}
