import { measureBareClone } from "./bare-clone";
import { measureEventToStream } from "./event-to-stream";
import { measureSecondStart } from "./second-start";

/** Each benchmark by its name; without an argument all run. Figures in the documentation come from here. */
const BENCHMARKS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  "bare-clone": measureBareClone,
  "second-start": measureSecondStart,
  "event-to-stream": measureEventToStream,
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(BENCHMARKS)) {
  const benchmark = BENCHMARKS[name];
  if (!benchmark) throw new Error(`no benchmark "${name}": ${Object.keys(BENCHMARKS).join(", ")}`);
  console.log(`\n${name}`);
  for (const line of await benchmark()) console.log(`  ${line}`);
}
