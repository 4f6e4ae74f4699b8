"use client";

import { useMantineColorScheme } from "@mantine/core";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import {
  IconAnchor,
  IconDatabase,
  IconDeviceDesktop,
  IconInfoCircle,
  IconMoon,
  IconPlayerPause,
  IconSearch,
  IconStack2,
  IconSun,
  type Icon,
} from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useState } from "react";

import { pageOf } from "@/components/primitives/object-link";
import { useClaims, useServices } from "@/components/query/lists";
import { toggleLiveStream } from "@/components/query/live-stream";
import { rankEntries, type PaletteEntry } from "./rank-entries";

const [store, spotlight] = createSpotlight();

const ICONS = {
  Services: IconStack2,
  Claims: IconDatabase,
  Attach: IconAnchor,
  Pages: IconInfoCircle,
  Actions: IconPlayerPause,
} as const satisfies Record<PaletteEntry["group"], Icon>;

type SearchPaletteProps = Readonly<{ opened: boolean; onClose: () => void }>;

/** Go anywhere, do anything, by name. */
export function SearchPalette({ opened, onClose }: SearchPaletteProps) {
  const [query, setQuery] = useState("");
  useEffect(() => {
    if (opened) spotlight.open();
    else spotlight.close();
  }, [opened]);
  const entries = useEntries();
  const groups = useMemo(() => rankEntries(entries, query), [entries, query]);
  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      scrollable
      maxHeight={440}
      size={620}
      overlayProps={{ blur: 0, backgroundOpacity: 0.28 }}
      classNames={{
        content: "palette",
        search: "palette-search",
        action: "palette-action",
        actionsGroup: "palette-group",
      }}
    >
      <Spotlight.Search
        placeholder="Search services, claims, actions"
        aria-label="Search services, claims, actions"
        leftSection={<IconSearch size={16} stroke={1.7} />}
      />
      <Spotlight.ActionsList>
        {groups.map(({ group, entries: found }) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {found.map((entry) => {
              const Mark = entry.icon ?? ICONS[group];
              return (
                <Spotlight.Action key={entry.id} onClick={entry.run}>
                  <Mark size={16} stroke={1.6} aria-hidden />
                  <span className="palette-label">{entry.label}</span>
                  <span className="faint palette-detail">{entry.detail}</span>
                </Spotlight.Action>
              );
            })}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 ? (
          <Spotlight.Empty>Nothing is called “{query}”.</Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useEntries(): readonly PaletteEntry[] {
  const services = useServices();
  const claims = useClaims();
  const router = useRouter();
  const { setColorScheme } = useMantineColorScheme();
  return useMemo(() => {
    const go = (href: string | null) => () => {
      if (href !== null) router.push(href);
    };
    const ofServices = (services?.items ?? []).flatMap((service): PaletteEntry[] => {
      const href = pageOf("InferenceService", service.namespace, service.name);
      const common = { detail: service.namespace, keywords: service.modelRef };
      const id = `${service.namespace}/${service.name}`;
      return [
        { ...common, id: `service ${id}`, group: "Services", label: service.name, run: go(href) },
        {
          ...common,
          id: `attach ${id}`,
          group: "Attach",
          label: `Attach a claim to ${service.name}`,
          run: go(href === null ? null : `${href}?attach=`),
        },
      ];
    });
    const ofClaims = (claims?.items ?? []).map((claim): PaletteEntry => ({
      id: `claim ${claim.namespace}/${claim.name}`,
      group: "Claims",
      label: claim.name,
      detail: claim.namespace,
      keywords: claim.storageClass?.name ?? "",
      run: go(pageOf("PersistentVolumeClaim", claim.namespace, claim.name)),
    }));
    const page = (label: string, href: string, icon: Icon): PaletteEntry => ({
      id: href,
      group: "Pages",
      label,
      detail: "",
      keywords: "page",
      icon,
      run: go(href),
    });
    const action = (label: string, icon: Icon, run: () => void): PaletteEntry => ({
      id: label,
      group: "Actions",
      label,
      detail: "",
      keywords: "theme colour live",
      icon,
      run,
    });
    return [
      ...ofServices,
      ...ofClaims,
      page("Services", "/", IconStack2),
      page("Claims", "/claims", IconDatabase),
      page("About this cluster", "/about", IconInfoCircle),
      page("What findings mean", "/findings", IconInfoCircle),
      page("Connect a cluster", "/about#connect", IconInfoCircle),
      action("Light theme", IconSun, () => setColorScheme("light")),
      action("Dark theme", IconMoon, () => setColorScheme("dark")),
      action("Theme of the system", IconDeviceDesktop, () => setColorScheme("auto")),
      action("Pause or resume live updates", IconPlayerPause, toggleLiveStream),
    ];
  }, [services, claims, router, setColorScheme]);
}
