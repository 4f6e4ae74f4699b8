"use client";

import Link from "next/link";

import { Age } from "@/components/primitives/age";
import { Bytes } from "@/components/primitives/bytes";
import { CopyButton } from "@/components/primitives/copy-button";
import { Fact } from "@/components/primitives/fact";
import { KindBadge } from "@/components/primitives/kind-badge";
import { pageOf } from "@/components/primitives/object-link";
import { DownloadProgress, expectedBytesOf } from "@/components/primitives/progress";
import { Unknown } from "@/components/primitives/unknown";
import type { Download, ServiceView } from "@/server/contract/service-view";
import { ClaimSummary } from "./claim-summary";

type CacheTabProps = Readonly<{
  service: ServiceView;
  /** Of every pod, the slowest first; null: only that of the service is known yet. */
  downloads: readonly Download[] | null;
}>;

/** Where the weights come from, should come from, and what is on the claim. */
export function CacheTab({ service, downloads }: CacheTabProps) {
  const { cache, model } = service;
  return (
    <div className="facts-columns">
      <section className="card facts" aria-labelledby="cache-facts">
        <h2 id="cache-facts">Cache</h2>
        <dl>
          <Fact label="Kind">
            <KindBadge kind={cache.kind} />
          </Fact>
          <Fact label="Declared">
            <ClaimName
              service={service}
              claim={cache.declaredClaim}
              none="no claim named in the spec"
            />
          </Fact>
          <Fact label="Effective">
            <ClaimName service={service} claim={cache.effectiveClaim} none="no claim" />
          </Fact>
          <Fact label="Rolled out">
            <ClaimName
              service={service}
              claim={cache.rolledOutClaim}
              none="no claim in the template"
            />
          </Fact>
          <Fact label="Mounted">
            {cache.mountedClaims.length === 0 ? (
              <span className="faint">by no running pod</span>
            ) : (
              cache.mountedClaims.map((claim) => (
                <ClaimName key={claim} service={service} claim={claim} none="" />
              ))
            )}
          </Fact>
          <Fact label="Field owner">
            <Owner service={service} />
          </Fact>
          <Fact label="Persistence">{cache.persistence ?? "Cached (default)"}</Fact>
        </dl>
      </section>
      <section className="card facts" aria-labelledby="model-facts">
        <h2 id="model-facts">Model</h2>
        {model === null ? (
          <p className="dim">
            The Model <span className="mono">{service.modelRef}</span> does not exist or may not be
            read.
          </p>
        ) : (
          <dl>
            <Fact label="Name">
              <span className="mono">{service.modelRef}</span>
            </Fact>
            <Fact label="Source">
              <span className="mono breakable">{model.source}</span>
            </Fact>
            <Fact label="Size">
              <Bytes bytes={model.sizeBytes} why="The Model's status has no size yet." />
            </Fact>
            <Fact label="Format">{model.format ?? <Unknown why="Not stated by the Model." />}</Fact>
            <Fact label="Cache key">
              {model.cacheKey === null ? (
                <Unknown why="No key: the source is not downloaded into a cache." word="none" />
              ) : (
                <span className="with-icon">
                  <span className="mono">{model.cacheKey}</span>
                  <CopyButton value={model.cacheKey} label="Copy the cache key" />
                  {model.staleCacheKey ? (
                    <span className="tone-warning">of an older source</span>
                  ) : null}
                </span>
              )}
            </Fact>
            <Fact label="Phase">
              {model.phase ?? <Unknown why="The Model has no status yet." />}
            </Fact>
          </dl>
        )}
        <Downloads service={service} downloads={downloads} />
      </section>
      {cache.effectiveClaim === null ? null : (
        <ClaimSummary service={service} name={cache.effectiveClaim} />
      )}
    </div>
  );
}

function Downloads({ service, downloads }: CacheTabProps) {
  const known = downloads ?? (service.download === null ? [] : [service.download]);
  const open = known.filter(({ state }) => state !== "Done");
  return open.map((download) => (
    <div key={`${download.pod ?? ""}/${download.container}`} className="cache-download">
      {open.length > 1 ? <span className="mono faint breakable">{download.pod}</span> : null}
      <DownloadProgress
        download={download}
        label={`Download of ${service.name}${download.pod === null ? "" : ` in pod ${download.pod}`}`}
        expectedBytes={expectedBytesOf(service, download)}
        detailed
      />
    </div>
  ));
}

type ClaimNameProps = Readonly<{ service: ServiceView; claim: string | null; none: string }>;

function ClaimName({ service, claim, none }: ClaimNameProps) {
  if (claim === null) return <span className="faint">{none}</span>;
  return (
    <Link
      className="mono"
      href={pageOf("PersistentVolumeClaim", service.namespace, claim) ?? "/claims"}
    >
      {claim}
    </Link>
  );
}

function Owner({ service }: Readonly<{ service: ServiceView }>) {
  const owner = service.cache.fieldOwner;
  if (owner === null) return <span className="faint">nobody: the field is not set</span>;
  return (
    <span>
      <span className="mono">{owner.manager}</span>
      {owner.gitops ? <span className="badge owner-badge">GitOps</span> : null}
      {owner.time === null ? null : (
        <span className="faint">
          {" "}
          <Age at={owner.time} suffix=" ago" />
        </span>
      )}
    </span>
  );
}
