import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { Download } from "@/server/contract/service-view";
import { describeDownload, DownloadProgress, expectedBytesOf } from "./progress";

const GIB = 2 ** 30;
const RUNNING: Download = {
  state: "Running",
  pod: "p",
  container: "model-downloader",
  file: "a.gguf",
  receivedBytes: 4 * GIB,
  totalBytes: 16 * GIB,
  bytesPerSecond: 48e6,
  etaSeconds: 80,
  startedAt: new Date(Date.now() - 185_000).toISOString(),
  lastProgressAt: null,
};
const UNKNOWN = {
  ...RUNNING,
  file: null,
  receivedBytes: null,
  totalBytes: null,
  bytesPerSecond: null,
  etaSeconds: null,
};

describe("DownloadProgress", () => {
  it("has a bar, a rate and the time left where the log gives them", () => {
    render(<DownloadProgress download={RUNNING} label="d" expectedBytes={40 * GIB} />);
    expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("25");
    expect(document.body.textContent).toBe("Downloading 25 % · 48 MB/s · 1 m 20 s left");
  });

  it.each<[string, Download, number | null, RegExp]>([
    [
      "nothing tells how far it is",
      UNKNOWN,
      40.3 * GIB,
      /^Downloading · elapsed 3 m, 40\.3 GiB expected$/,
    ],
    ["its size is not known either", UNKNOWN, null, /^Downloading · elapsed 3 m · size unknown$/],
    [
      "the server does not tell the length",
      { ...RUNNING, totalBytes: null, etaSeconds: null },
      40.3 * GIB,
      /^Downloading, 4\.0 GiB so far · 48 MB\/s · elapsed 3 m, 40\.3 GiB expected$/,
    ],
  ])("has no bar where %s", (_name, download, expectedBytes, text) => {
    const { container } = render(
      <DownloadProgress download={download} label="d" expectedBytes={expectedBytes} />,
    );
    expect(container.querySelector('[role="progressbar"]')).toBeNull();
    expect(container.textContent).toMatch(text);
  });

  it("expects the Model's size, but not for the draft model, which it names", () => {
    const service = { model: { sizeBytes: 40 } };
    const draft = { ...RUNNING, container: "draft-model-downloader" };
    expect(expectedBytesOf(service, RUNNING)).toBe(40);
    expect(expectedBytesOf(service, draft)).toBeNull();
    expect(expectedBytesOf({ model: null }, RUNNING)).toBeNull();
    expect(describeDownload(draft)).toMatch(/^Downloading the draft model 25 %/);
  });
});
