"use client";

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { useState, type ReactNode } from "react";

import { ProblemError } from "@/components/query/api-client";
import { cssVariables, theme } from "./theme";

type ProvidersProps = Readonly<{ nonce: string; children: ReactNode }>;

/** Everything that the tree below takes from context. The nonce lets Mantine add its style elements. */
export function Providers({ nonce, children }: ProvidersProps) {
  const [queryClient] = useState(() => {
    setNonce(nonce);
    return createQueryClient();
  });
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <NuqsAdapter>{children}</NuqsAdapter>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false, // the stream says when something changed
        retry: (failures, error) => !isAnswer(error) && failures < 3,
      },
    },
  });
}

/** The server understood and declined: asking again would bring the same. */
function isAnswer(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status < 500;
}
