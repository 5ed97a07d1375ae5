import type { Figure } from './figure.ts';

export interface BenchOptions {
  /** What follows the name on the command line, without the options. */
  readonly args: readonly string[];
  /** Progress for people; goes to stderr, so that stdout holds nothing but figures. */
  readonly log: (line: string) => void;
}

/** What a module `bench/<name>.ts` exports. */
export interface BenchModule {
  /** Flags of node that the benchmark wants; it is started again with them. */
  readonly nodeFlags?: readonly string[];
  /** Measures. Sets `process.exitCode` when something is wrong that no figure tells. */
  run(options: BenchOptions): Promise<Figure[]>;
}
