const DECIMAL = /^[1-9]\d*$/;

/**
 * Whether version `a` of an object is older than version `b` of it; null when that cannot be told. Decimal versions of one
 * kind in one cluster are in the order of their writes. Source: KEP-5504, apimachinery's CompareResourceVersion.
 */
export function isOlderVersion(a: string, b: string): boolean | null {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return null;
  // As text: numbers lose digits above 2^53.
  return a.length === b.length ? a < b : a.length < b.length;
}
