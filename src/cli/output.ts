/** Where a command writes: text for people, or with `--json` the same as one JSON object a line. */
export interface Output {
  /**
   * @param text what people read
   * @param data what programs read
   */
  print(text: string, data: unknown): void;
  /** To standard error, for people only: never part of the result. */
  note(text: string): void;
  fail(code: string, detail: string): void;
}

export interface OutputStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export function createOutput({ stdout, stderr }: OutputStreams, json: boolean): Output {
  return {
    print: (text, data) =>
      void stdout.write(json ? `${JSON.stringify(data, bigintsAsNumbers)}\n` : `${text}\n`),
    note: (text) => {
      if (!json) stderr.write(`${text}\n`);
    },
    fail: (code, detail) =>
      void stderr.write(
        json ? `${JSON.stringify({ error: { code, detail } })}\n` : `bourse: ${detail} (${code})\n`,
      ),
  };
}

/** Counts, that is: amounts are decimal strings everywhere. */
function bigintsAsNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/**
 * Columns as wide as their widest cell.
 * @param rows the first is the heading
 */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
