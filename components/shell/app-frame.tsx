"use client";

import { useHotkeys } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useState, type ReactNode } from "react";

import { useCluster } from "@/components/query/lists";
import { useLiveStream } from "@/components/query/live-stream";
import { useLiveState } from "@/components/query/stream-status";
import { useIsWatching } from "@/components/watch/is-watching";
import { announce, LiveRegion } from "./live-region";
import { useRememberedNamespaces } from "./namespaces";
import { OperatorBanner } from "./operator-banner";
import { Rail } from "./rail";
import { TopBar } from "./top-bar";

// Most visits never search: its code comes with the first use.
const SearchPalette = dynamic(async () => (await import("./search-palette")).SearchPalette, {
  ssr: false,
});

// Seldom needed, all of them.
const HistoryBanner = dynamic(async () => (await import("./history-banner")).HistoryBanner, {
  ssr: false,
});
const WatchedServices = dynamic(
  async () => (await import("@/components/watch/watched-services")).WatchedServices,
  { ssr: false },
);

type AppFrameProps = Readonly<{ railCollapsed: boolean; children: ReactNode }>;

/** The frame of every page, and the one place where the live stream is mounted. */
export function AppFrame({ railCollapsed, children }: AppFrameProps) {
  const [collapsed, setCollapsed] = useState(railCollapsed);
  const [palette, setPalette] = useState<"unused" | "open" | "closed">("unused");
  const openPalette = () => setPalette("open");
  useLiveStream(announce);
  useRememberedNamespaces();
  useHotkeys([["mod+K", openPalette]], []);
  const history = useCluster()?.history;
  const isWatching = useIsWatching();
  const stale = useLiveState().name === "Stale";

  const toggleRail = () => {
    document.cookie = `mooring-rail=${collapsed ? "open" : "collapsed"}; path=/; max-age=31536000; samesite=lax`;
    setCollapsed(!collapsed);
  };
  return (
    <div className="frame" data-rail={collapsed ? "collapsed" : "open"} data-stale={stale}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Rail collapsed={collapsed} onToggle={toggleRail} />
      <div className="frame-page">
        <TopBar onSearch={openPalette} />
        <OperatorBanner />
        {history?.recording === false ? <HistoryBanner history={history} /> : null}
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      {palette === "unused" ? null : (
        <SearchPalette opened={palette === "open"} onClose={() => setPalette("closed")} />
      )}
      {isWatching ? <WatchedServices /> : null}
      <LiveRegion />
    </div>
  );
}
