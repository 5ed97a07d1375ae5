import { Command, CommanderError } from 'commander';
import { type Config, ConfigError } from '../config.ts';
import { isConnectionError } from '../db/errors.ts';
import { wholeNumber } from './arguments.ts';
import type { PasswordInput } from './commands/add-user.ts';
import { addAsset, listAssets } from './commands/asset.ts';
import { type AuditOptions, audit } from './commands/audit.ts';
import { credit } from './commands/credit.ts';
import { proveLiabilities } from './commands/prove-liabilities.ts';
import { type ReplayOptions, replay } from './commands/replay.ts';
import { verify } from './commands/verify.ts';
import { type CommandContext, createContext, type GlobalOptions, type Run } from './context.ts';
import { CliError, EXIT, type ExitCode } from './errors.ts';
import { addMarketCommands } from './market-commands.ts';
import { createOutput, type OutputStreams } from './output.ts';
import { addPeopleCommands } from './people-commands.ts';
import { addWithdrawalCommands } from './withdrawal-commands.ts';

export interface Cli extends OutputStreams {
  /** Read only when a command runs: help needs none. */
  readonly config: () => Config;
  readonly version: string;
  readonly stdin: PasswordInput;
}

/**
 * Runs one command line.
 * @param args without the program's name
 * @returns what the process should exit with
 */
export async function runCli(args: readonly string[], cli: Cli): Promise<ExitCode> {
  const program = createProgram(cli);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Commander has said already what is wrong with the command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return report(error, createOutput(cli, program.opts<GlobalOptions>().json === true).fail);
  }
}

function report(error: unknown, fail: (code: string, detail: string) => void): ExitCode {
  if (error instanceof CliError) {
    fail(error.code, error.message);
    return error.exitCode;
  }
  if (error instanceof ConfigError) {
    fail('invalid_configuration', error.message);
    return EXIT.usage;
  }
  if (isConnectionError(error)) {
    fail('database_unreachable', 'The database does not answer.');
    return EXIT.unreachable;
  }
  fail('internal_error', error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.internal;
}

function createProgram(cli: Cli): Command {
  const program = new Command('bourse')
    .description(
      'Commands for whoever operates an exchange. What changes the exchange goes through the running one.',
    )
    .version(cli.version)
    .option('--json', 'print JSON, one object a line')
    .option('--url <url>', 'where the exchange runs (default 127.0.0.1:$PORT)')
    .option('--as <email>', 'the operator in whose name to act (default the first admin)')
    .showHelpAfterError('(bourse --help says more)')
    .configureOutput({
      writeOut: (text) => void cli.stdout.write(text),
      writeErr: (text) => void cli.stderr.write(text),
    })
    .exitOverride();

  /** Runs a command with its context, and ends what it opened whatever happens. */
  async function run(command: (context: CommandContext) => Promise<void>): Promise<void> {
    const context = createContext(cli.config(), program.opts<GlobalOptions>(), cli);
    try {
      await command(context);
    } finally {
      await context.close();
    }
  }

  addPeopleCommands(program, run, cli.stdin);

  program
    .command('credit <customer> <asset> <amount>')
    .description('simulated deposit to an e-mail address or account number; not in production')
    .option('--reference <text>', 'names the deposit: a second one with the same name is refused')
    .action((customer: string, asset: string, amount: string, options: { reference?: string }) =>
      run((context) => credit(context, customer, asset, amount, options)),
    );

  addAssetCommands(program, run);
  addMarketCommands(program, run);
  addWithdrawalCommands(program, run);

  program
    .command('verify')
    .description('prove from the database that money is conserved and the log is whole')
    .action(() => run(verify));
  program
    .command('prove-liabilities')
    .description('a Merkle sum tree of what customers own: a root to publish, a proof for each of them')
    .requiredOption('--out <directory>', 'where to write root.json and proofs/')
    .action((options: { out: string }) => run((context) => proveLiabilities(context, options)));
  program
    .command('replay')
    .description('replay the message log in fresh actors and compare the outcome with the database')
    .option('--until <batch or time>', 'only up to a batch, or what was committed until a time')
    .option('--from <batch>', 'tell every message from this batch on, and what came of it', wholeNumber)
    .option('--market <symbol>', 'only one market')
    .option('--account <number>', 'tell all that happened to one account, and what it has', wholeNumber)
    .option('--diff <batch>', 'tell what has changed since this batch', wholeNumber)
    .option('--export <file>', 'write the log to a file (.gz: compressed) instead')
    .option('--import <file>', 'read the log from a file instead of the database')
    .action((options: ReplayOptions) => run((context) => replay(context, options)));
  program
    .command('audit')
    .description('the newest entries of the audit log')
    .option('--user <email>', 'only what concerns this user')
    .option('--action <name>', 'only one action, such as session.refused')
    .option('--limit <count>', 'how many', wholeNumber, 100)
    .option('--export <file>', 'write all entries to a file, with their hashes, instead')
    .action((options: AuditOptions) => run((context) => audit(context, options)));
  return program;
}

function addAssetCommands(program: Command, run: Run): void {
  const asset = program.command('asset').description('assets');
  asset
    .command('list')
    .description('all assets')
    .action(() => run(listAssets));
  asset
    .command('add <symbol>')
    .description('add an asset')
    .requiredOption('--scale <decimals>', 'decimals of the smallest unit, 0 to 18', wholeNumber)
    .option('--name <name>', 'for people (default the symbol)')
    .action((symbol: string, options: { name?: string; scale: number }) =>
      run((context) => addAsset(context, symbol, options)),
    );
}
