"use client";

import { Modal } from "@mantine/core";

type ReportTextProps = Readonly<{ text: string; onClose: () => void }>;

/** The report to be copied by hand, all of it selected. */
export function ReportText({ text, onClose }: ReportTextProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title="Copy the report"
      size="xl"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <p className="dim">
        The browser does not let Mooring copy. The text is selected: copy it with your keyboard.
      </p>
      <textarea
        className="report-text mono"
        aria-label="Report"
        readOnly
        value={text}
        rows={20}
        data-autofocus
        onFocus={(event) => event.currentTarget.select()}
      />
    </Modal>
  );
}
