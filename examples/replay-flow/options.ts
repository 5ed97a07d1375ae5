import { Command, InvalidArgumentError, Option } from 'commander';

export interface ReplayFlowOptions {
  readonly file: string;
  readonly url: string;
  readonly inOrder: boolean;
  readonly accounts: number;
  readonly connections: number;
  /** Commands without an answer that a connection may have. */
  readonly window: number;
  /** How many commands of the file to feed at most. */
  readonly limit: number;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly verify: boolean;
}

/** Ends the process with a usage message when the command line is wrong. */
export function parseOptions(argv: readonly string[], defaultUrl: string): ReplayFlowOptions {
  const program = new Command('replay-flow')
    .description('Feeds a recorded order flow to the running exchange over its WebSocket API.')
    .argument('<file>', 'commands, one a line, plain or gzip')
    .option('--url <url>', 'where the exchange runs', defaultUrl)
    .option('--in-order', 'keep the exact order of the file at the market', false)
    .option('--accounts <n>', 'customers that the orders are spread over', atLeastOne, 16)
    .option('--connections <n>', 'WebSockets, at least one an account (default one each)', atLeastOne)
    .option('--window <n>', 'commands in flight a connection', atLeastOne, 100)
    .option('--limit <n>', 'stop after so many commands', atLeastOne, Number.MAX_SAFE_INTEGER)
    .addOption(
      new Option('--price-scale <n>', 'decimals of the prices in the file').argParser(scale).default(2),
    )
    .addOption(
      new Option('--quantity-scale <n>', 'decimals of the quantities in the file')
        .argParser(scale)
        .default(8),
    )
    .option('--no-verify', 'do not prove the database at the end (it must be on this machine)')
    .parse([...argv], { from: 'user' });
  const options = program.opts<Omit<ReplayFlowOptions, 'file'>>();
  return {
    ...options,
    file: program.args[0]!,
    connections: Math.max(options.accounts, options.connections ?? options.accounts),
  };
}

function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above zero.');
  return Number(text);
}

function scale(text: string): number {
  if (!/^[0-8]$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0 to 8.');
  return Number(text);
}
