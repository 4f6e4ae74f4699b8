import {
  IconAlertCircleFilled,
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconInfoCircle,
} from "@tabler/icons-react";

import type { Severity } from "@/server/contract/finding";

const ICONS = {
  error: IconAlertCircleFilled,
  warning: IconAlertTriangle,
  info: IconInfoCircle,
  unknown: IconCircleDashed,
  ok: IconCheck,
} as const satisfies Record<Severity, unknown>;

export const severityWords = {
  error: "Error",
  warning: "Warning",
  info: "Info",
  unknown: "Unknown",
  ok: "OK",
} as const satisfies Record<Severity, string>;

/** Icon of a severity; the word beside it is for whoever does not see the icon. */
export function SeverityIcon({
  severity,
  size = 15,
}: Readonly<{ severity: Severity; size?: number }>) {
  const Icon = ICONS[severity];
  return (
    <span className="sev-icon" data-severity={severity}>
      <Icon size={size} stroke={1.7} aria-hidden />
      <span className="visually-hidden">{severityWords[severity]}: </span>
    </span>
  );
}
