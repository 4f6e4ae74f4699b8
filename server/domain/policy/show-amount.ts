import { formatBytes } from "../wording";

const IN_BYTES = /memory|storage|hugepages/u;
const COUNTED = /^(requests|limits)\./u;

/** `4.0 GiB memory`, `1.5 cpu`, `2 pods`. */
export function showAmount(name: string, amount: number): string {
  return `${showNumber(name, amount)} ${name.replace(COUNTED, "")}`;
}

/** The number alone, bytes as bytes. */
export function showNumber(name: string, amount: number): string {
  if (IN_BYTES.test(name) && !name.endsWith("persistentvolumeclaims")) return formatBytes(amount);
  return String(Math.round(amount * 1000) / 1000);
}
