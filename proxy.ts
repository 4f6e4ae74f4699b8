import { type NextRequest, NextResponse } from "next/server";

import { hasReason } from "@/server/errors";
import { requireLocalOrigin } from "@/server/http/same-origin";

/** Pages only: the API and the probes set their own headers, and Next's files need none of this. */
export const config = {
  matcher: ["/((?!api/|_next/|healthz$|readyz$|metrics$|favicon\\.ico$|icon\\.svg$).*)"],
};

/** Gives each page a nonce of its own and the policy that allows nothing without it. Answers only to loopback names. */
export function proxy(request: NextRequest): NextResponse {
  const refusal = whyRefused(request);
  if (refusal !== null) return new NextResponse(refusal, { status: 403 });
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const requestHeaders = new Headers(request.headers);
  requestHeaders.set("x-nonce", nonce);
  requestHeaders.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers: requestHeaders } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("cross-origin-opener-policy", "same-origin");
  response.headers.set("cross-origin-resource-policy", "same-origin");
  response.headers.set("referrer-policy", "no-referrer");
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("x-frame-options", "DENY");
  return response;
}

function whyRefused(request: NextRequest): string | null {
  try {
    requireLocalOrigin(request);
    return null;
  } catch (error) {
    if (hasReason(error, "Forbidden")) return error.message;
    throw error;
  }
}

function contentSecurityPolicy(nonce: string): string {
  // React's development build and Turbopack's refresh evaluate code; nothing that is built does.
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src-elem 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}
