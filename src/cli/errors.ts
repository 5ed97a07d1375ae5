/** How the program ends; scripts may rely on them. */
export const EXIT = Object.freeze({
  ok: 0,
  /** The exchange refused, or a proof failed. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The exchange or the database can't be reached. */
  unreachable: 3,
  /** A bug. */
  internal: 70,
} as const);
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a sentence for people and a code for programs. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(code: string, detail: string, exitCode: ExitCode = EXIT.refused, cause?: unknown) {
    super(detail, cause === undefined ? {} : { cause });
    this.code = code;
    this.exitCode = exitCode;
  }
}
