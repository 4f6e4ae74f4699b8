import type { SourceCatalogue } from "./sources";

/** What the simulated network holds under the addresses of the demo's Models. */
export const SOURCES: SourceCatalogue = {};
