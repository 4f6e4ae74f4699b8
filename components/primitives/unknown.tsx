/** A value nobody could tell, with the reason on hover: never a zero, a dash or an empty cell. */
export function Unknown({ why, word = "unknown" }: Readonly<{ why: string; word?: string }>) {
  return (
    <span className="unknown" title={why}>
      {word}
      <span className="visually-hidden"> ({why})</span>
    </span>
  );
}
