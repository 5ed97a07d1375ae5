import { Command, InvalidArgumentError } from 'commander';

export interface DemoOptions {
  readonly url: string;
  readonly traders: number;
  /** Commands a second, of all traders together. */
  readonly rate: number;
  /** Undefined: until Ctrl-C. */
  readonly seconds: number | undefined;
}

/** Ends the process with a usage message when the command line is wrong. */
export function parseOptions(argv: readonly string[], defaultUrl: string): DemoOptions {
  const program = new Command('demo')
    .description(
      'Simulated traders make the demo markets of the running exchange move, through its public API.',
    )
    .option('--url <url>', 'where the exchange runs', defaultUrl)
    .option('--traders <n>', 'how many: half of them make markets, half of them take', count(2, 500), 12)
    .option('--rate <n>', 'commands a second, of all together', count(1, 100_000), 200)
    .option('--seconds <n>', 'end by itself after so long (default: Ctrl-C ends it)', count(1, 1_000_000))
    .parse([...argv], { from: 'user' });
  const { seconds, ...options } = program.opts<Omit<DemoOptions, 'seconds'> & { seconds?: number }>();
  return { ...options, seconds };
}

function count(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
