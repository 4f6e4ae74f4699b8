import "./table.css";

/** As many grey rows as fit a first screen, in the measure of the real ones. */
export function TableSkeleton({ label }: Readonly<{ label: string }>) {
  return (
    <div
      className="table table-skeleton"
      aria-busy="true"
      role="status"
      aria-label={`Loading ${label}`}
    >
      {Array.from({ length: 14 }, (_, index) => (
        <div key={index} className="skeleton-row">
          <span className="skeleton" data-width={index % 3} />
          <span className="skeleton" data-width={(index + 1) % 3} />
          <span className="skeleton" data-width={(index + 2) % 3} />
          <span className="skeleton" data-width={index % 2} />
        </div>
      ))}
    </div>
  );
}
