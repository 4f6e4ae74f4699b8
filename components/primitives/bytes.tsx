import { formatBytes, formatExactBytes } from "@/components/format/bytes";
import { Unknown } from "./unknown";

type BytesProps = Readonly<{ bytes: number | null; why?: string }>;

/** A size in binary units, the exact count on hover; unknown says why. */
export function Bytes({ bytes, why = "Nothing has reported this size." }: BytesProps) {
  if (bytes === null) return <Unknown why={why} />;
  return (
    <span className="num" title={formatExactBytes(bytes)}>
      {formatBytes(bytes)}
    </span>
  );
}
