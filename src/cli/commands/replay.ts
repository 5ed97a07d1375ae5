import type { CommonQueryMethods } from 'slonik';
import { type PresentState, stateHash } from '../../actors/replay/digest.ts';
import { type LoggedBatch, Replay, ReplayMismatch } from '../../actors/replay/replay.ts';
import { differencesOf } from '../../actors/replay/state-diff.ts';
import { readLog, readSnapshot } from '../../db/replay-source.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { readLogFile, writeLogFile } from '../log-file.ts';
import { AccountReplay } from '../replay-account.ts';
import { compareWithDatabase } from '../replay-comparison.ts';
import { tellStep } from '../replay-steps.ts';

export interface ReplayOptions {
  /** Last batch by number, or the last one committed until a time in ISO 8601. */
  readonly until?: string;
  /** Tells every message from this batch on, and what came of it. */
  readonly from?: number;
  /** Symbol of the only market to replay. */
  readonly market?: string;
  /** Tells only what concerns this account, from the first batch unless `from` says another, and what it has in the end. */
  readonly account?: number;
  /** Tells what changed since this batch. */
  readonly diff?: number;
  /** A file to write the log to, instead of replaying it. */
  readonly export?: string;
  /** A file to read the log from, instead of the database. */
  readonly import?: string;
}

const PROGRESS_EVERY_MS = 2_000;

type IsAfter = (batch: LoggedBatch) => boolean;

/**
 * Replays the message log from the first batch in fresh actors. All of it is compared with the database: trades, books,
 * balances, ended orders, and a hash over all of the present. It reads one snapshot, so it may run while the exchange
 * trades. A log from a file, a part of it or one market is held against the logged hashes as far as they go.
 * @throws {CliError} `replay_failed`, `invalid_log_file`, `invalid_option`
 */
export async function replay(context: CommandContext, options: ReplayOptions): Promise<void> {
  const isAfter = afterWhich(options.until);
  if (options.import !== undefined) {
    const replayed = await replayLog(context, readLogFile(options.import), isAfter, options);
    return tellState(context, replayed);
  }
  const pool = await context.database();
  const failed = await readSnapshot(pool, async (db) => {
    if (options.export !== undefined) {
      await writeLogFile(options.export, until(readLog(db), isAfter));
      context.output.print(`written to ${options.export}`, { exported: options.export });
      return 0;
    }
    return replayDatabase(context, db, isAfter, options);
  });
  if (failed > 0) throw new CliError('replay_failed', `${failed} comparisons failed.`);
}

async function replayDatabase(
  context: CommandContext,
  db: CommonQueryMethods,
  isAfter: IsAfter,
  options: ReplayOptions,
): Promise<number> {
  const replayed = await replayLog(context, readLog(db), isAfter, options);
  if (options.until === undefined && options.market === undefined)
    return compareWithDatabase(db, replayed, context.output);
  tellState(context, replayed);
  return 0;
}

function afterWhich(until: string | undefined): IsAfter {
  if (until === undefined) return () => false;
  if (/^\d{1,15}$/.test(until)) return ({ batchNo }) => batchNo > Number(until);
  const untilMs = Date.parse(until);
  if (Number.isNaN(untilMs)) {
    throw new CliError(
      'invalid_option',
      '--until is the number of a batch or a time such as 2026-01-31T12:00:00Z.',
      EXIT.usage,
    );
  }
  return ({ committedAtMs }) => committedAtMs > untilMs;
}

async function* until(batches: AsyncIterable<LoggedBatch>, isAfter: IsAfter): AsyncGenerator<LoggedBatch> {
  for await (const batch of batches) {
    if (isAfter(batch)) return;
    yield batch;
  }
}

async function replayLog(
  { output }: CommandContext,
  batches: AsyncIterable<LoggedBatch>,
  isAfter: IsAfter,
  { from, market, account, diff }: ReplayOptions,
): Promise<Replay> {
  const replayed = new Replay(market);
  const ofAccount = account === undefined ? undefined : new AccountReplay(account, output);
  const tellFrom = from ?? (ofAccount === undefined ? Number.POSITIVE_INFINITY : 1);
  const startedAt = performance.now();
  let toldAt = startedAt;
  let before: PresentState | undefined = diff === 0 ? replayed.state.present() : undefined;
  try {
    for await (const batch of until(batches, isAfter)) {
      let told = 0;
      await replayed.apply(batch, (message, effect) => {
        if (batch.batchNo < tellFrom || ofAccount?.isConcerned(effect) === false) return;
        tellStep(output, replayed, batch, message, effect);
        told += 1;
      });
      if (told > 0) ofAccount?.tellWallets(replayed);
      if (batch.batchNo === diff) before = replayed.state.present();
      if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
        toldAt = performance.now();
        output.note(`batch ${batch.batchNo}, ${replayed.messages} messages`);
      }
    }
  } catch (error) {
    if (error instanceof ReplayMismatch) throw new CliError('replay_failed', error.message);
    throw error;
  } finally {
    replayed.stop();
  }
  const { messages, batchNo } = replayed;
  const messagesPerSecond = Math.round(messages / ((performance.now() - startedAt) / 1_000));
  const how = market === undefined ? 'replayed to the logged hashes' : `of ${market} replayed`;
  output.print(`ok    ${messages} messages of ${batchNo} batches ${how} (${messagesPerSecond} messages/s)`, {
    check: 'log',
    ok: true,
    messages,
    batches: batchNo,
    messagesPerSecond,
  });
  ofAccount?.tellEnd(replayed);
  if (diff === undefined) return replayed;
  if (before === undefined) throw new CliError('invalid_option', `There is no batch ${diff}.`, EXIT.usage);
  for (const difference of differencesOf(before, replayed.state.present())) {
    const { what, before: was = 'not there', after: is = 'not there' } = difference;
    output.print(`${what}\n    was ${was}\n    is  ${is}`, difference);
  }
  return replayed;
}

function tellState({ output }: CommandContext, replayed: Replay): void {
  const hash = stateHash(replayed.state.present());
  output.print(`state hash after batch ${replayed.batchNo}: ${hash}`, {
    batch: replayed.batchNo,
    stateHash: hash,
  });
}
