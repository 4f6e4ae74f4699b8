const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};
const BINARY = ["Pi", "Ti", "Gi", "Mi", "Ki"];

/** A quantity that validation let through, as a number. */
export function parseQuantity(text: string): number {
  const match = /^([0-9.]+(?:[eE][0-9]+)?)([mkMGTP]|[KMGTP]i)?$/u.exec(text);
  return match === null ? 0 : Number(match[1]) * (FACTORS[match[2] ?? ""] ?? 1);
}

/** The number as Kubernetes would write it: whole binary units, else thousandths where it has a fraction. */
export function quantityText(amount: number): string {
  const milli = Math.round(amount * 1000);
  if (milli % 1000 !== 0) return `${String(milli)}m`;
  const whole = milli / 1000;
  const unit = BINARY.find((name) => whole > 0 && whole % (FACTORS[name] ?? 1) === 0);
  return unit === undefined ? String(whole) : `${String(whole / (FACTORS[unit] ?? 1))}${unit}`;
}
