import "@mantine/core/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "./globals.css";
import "@/components/primitives/primitives.css";
import "@/components/shell/shell.css";

import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";

import { AppFrame } from "@/components/shell/app-frame";
import { Providers } from "@/components/shell/providers";

const text = localFont({
  src: "../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  variable: "--font-text",
  weight: "100 900",
});
const mono = localFont({
  src: "../node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
  variable: "--font-mono",
  weight: "100 800",
});

export const metadata: Metadata = { title: { default: "Mooring", template: "%s · Mooring" } };
export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: Readonly<{ children: ReactNode }>) {
  const nonce = (await headers()).get("x-nonce") ?? "";
  const railCollapsed = (await cookies()).get("mooring-rail")?.value === "collapsed";
  return (
    <html lang="en" {...mantineHtmlProps} className={`${text.variable} ${mono.variable}`}>
      <head>
        <ColorSchemeScript nonce={nonce} defaultColorScheme="auto" />
      </head>
      <body>
        <Providers nonce={nonce}>
          <AppFrame railCollapsed={railCollapsed}>{children}</AppFrame>
        </Providers>
      </body>
    </html>
  );
}
