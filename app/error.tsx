"use client";

import { ErrorState } from "@/components/primitives/states";

export default function PageError({ error, reset }: Readonly<{ error: Error; reset: () => void }>) {
  return <ErrorState error={error} onRetry={reset} />;
}
