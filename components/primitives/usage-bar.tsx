import { percentOf } from "@/components/format/bytes";

type UsageBarProps = Readonly<{
  used: number | null;
  capacity: number | null;
  label: string;
  /** The number is the node's disk, not the claim's own: drawn hatched. */
  shared?: boolean;
}>;

/** How full, as a thin bar; an unknown share is an empty dashed one, never zero. */
export function UsageBar({ used, capacity, label, shared = false }: UsageBarProps) {
  const percent = percentOf(used, capacity);
  if (percent === null) {
    return <span className="usage" data-unknown role="img" aria-label={`${label}: unknown`} />;
  }
  return (
    <span
      className="usage"
      data-shared={shared || undefined}
      data-full={percent >= 95 || undefined}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
    >
      <i style={{ width: `${percent}%` }} />
    </span>
  );
}
