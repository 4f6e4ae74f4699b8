export type CsvColumn<T> = Readonly<{
  header: string;
  value: (row: T) => string | number | null;
}>;

/**
 * RFC 4180 with a header line and CRLF. A cell that a spreadsheet would run as a
 * formula is kept as text by a leading apostrophe; unknown is an empty cell.
 */
export function toCsv<T>(rows: readonly T[], columns: readonly CsvColumn<T>[]): string {
  const lines = [
    columns.map(({ header }) => quote(header)),
    ...rows.map((row) => columns.map(({ value }) => quote(value(row)))),
  ];
  return lines.map((cells) => cells.join(",")).join("\r\n") + "\r\n";
}

function quote(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands `text` to the browser as a file to save. */
export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
