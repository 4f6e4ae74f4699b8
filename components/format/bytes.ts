const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `43271520256` → `40.3 GiB`: binary units, one decimal from KiB on. */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes);
  const exponent = Math.min(Math.floor(Math.log2(Math.max(size, 1)) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** exponent;
  return `${exponent === 0 ? String(bytes) : value.toFixed(1)} ${UNITS[exponent] ?? "B"}`;
}

/** `43271520256` → `43,271,520,256 bytes`, for whoever needs every digit. */
export function formatExactBytes(bytes: number): string {
  return `${bytes.toLocaleString("en-GB")} ${bytes === 1 ? "byte" : "bytes"}`;
}

/** A transfer rate in decimal megabytes, as downloaders print it. */
export function formatRate(bytesPerSecond: number): string {
  const megabytes = bytesPerSecond / 1e6;
  if (megabytes >= 1_000) return `${(megabytes / 1_000).toFixed(1)} GB/s`;
  return `${megabytes >= 10 ? megabytes.toFixed(0) : megabytes.toFixed(1)} MB/s`;
}

/** Share of a whole in percent, between 0 and 100; null when the whole is not known. */
export function percentOf(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || whole <= 0) return null;
  return Math.min(100, Math.max(0, (part / whole) * 100));
}
