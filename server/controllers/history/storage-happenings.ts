import type { Claim, Volume } from "@/server/domain/objects";
import { plain, quote } from "@/server/domain/wording";
import type { Happening } from "./happening";
import { phaseHappening, terminatingHappening } from "./transition-happenings";

/** Phase, size and the beginning of a deletion. */
export function claimHappenings(before: Claim, after: Claim): Happening[] {
  return [
    ...phaseHappening({
      noun: "claim",
      prefix: "Claim",
      from: before.status?.phase,
      to: after.status?.phase,
      severities: { Lost: "error", Bound: "ok" },
    }),
    ...sizeHappening(before.status?.capacity?.["storage"], after.status?.capacity?.["storage"]),
    ...terminatingHappening({ noun: "claim", reason: "ClaimTerminating" }, before, after),
  ];
}

function sizeHappening(from: string | undefined, to: string | undefined): Happening[] {
  if (from === undefined || to === undefined || from === to) return [];
  const message = `The claim has ${plain(to)} now (had ${plain(from)}).`;
  return [{ field: "size", reason: "ClaimResized", message, severity: "info" }];
}

/** Phase, with what the volume says about it, whom it is reserved for, and the beginning of a deletion. */
export function volumeHappenings(before: Volume, after: Volume): Happening[] {
  const why = after.status?.message ?? after.status?.reason ?? "";
  const phase = phaseHappening({
    noun: "volume",
    prefix: "Volume",
    from: before.status?.phase,
    to: after.status?.phase,
    severities: { Failed: "error", Released: "warning", Bound: "ok" },
  }).map((happening) => ({ ...happening, message: `${happening.message} ${why}`.trim() }));
  return [
    ...phase,
    ...reservationHappening(before, after),
    ...terminatingHappening({ noun: "volume", reason: "VolumeTerminating" }, before, after),
  ];
}

/** A claim that binds is told by its phase; a volume that is let go or given to another is told here. */
function reservationHappening(before: Volume, after: Volume): Happening[] {
  const from = nameOf(before);
  const to = nameOf(after);
  if (from === null || (from === to && uidOf(before) === uidOf(after))) return [];
  const now =
    to === null ? "is reserved for no claim any more" : `is reserved for ${quote(to)} now`;
  const message = `The volume ${now} (was for ${quote(from)}).`;
  return [{ field: "claimRef", reason: "VolumeReserved", message, severity: "info" }];
}

const nameOf = ({ spec }: Volume): string | null => spec?.claimRef?.name ?? null;
const uidOf = ({ spec }: Volume): string | null => spec?.claimRef?.uid ?? null;
