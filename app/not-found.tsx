import Link from "next/link";

export default function NotFound() {
  return (
    <div className="state">
      <h1>There is no such page</h1>
      <p className="dim">The address may be mistyped, or from another version of Mooring.</p>
      <Link href="/">Go to the services</Link>
    </div>
  );
}
