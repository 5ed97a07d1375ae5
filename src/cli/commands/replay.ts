import type { CommonQueryMethods } from 'slonik';
import { orderLine, SetDigest, stateHash, tradeLine } from '../../actors/replay/digest.ts';
import { Replay, ReplayMismatch } from '../../actors/replay/replay.ts';
import {
  countLoggedMessages,
  readEndedOrders,
  readLog,
  readMarketStates,
  readOpenOrders,
  readSnapshot,
  readTrades,
  readWallets,
} from '../../db/replay-source.ts';
import type { CommandContext } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Output } from '../output.ts';

const PROGRESS_EVERY_MS = 2_000;

/**
 * Replays the message log from the first batch in fresh actors, and compares what comes out with the database: trades,
 * books, balances, ended orders, and a hash over all of the present. It reads one snapshot, so it may run while the
 * exchange trades.
 * @throws {CliError} `replay_failed`
 */
export async function replay(context: CommandContext): Promise<void> {
  const pool = await context.database();
  const differences = await readSnapshot(pool, async (db) => {
    const replayed = await replayLog(db, context.output);
    try {
      return await compare(db, replayed, context.output);
    } finally {
      replayed.stop();
    }
  });
  if (differences > 0) throw new CliError('replay_failed', `${differences} comparisons failed.`);
}

async function replayLog(db: CommonQueryMethods, output: Output): Promise<Replay> {
  const total = await countLoggedMessages(db);
  const replayed = new Replay();
  const startedAt = performance.now();
  let toldAt = startedAt;
  try {
    for await (const batch of readLog(db)) {
      await replayed.apply(batch);
      if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
        toldAt = performance.now();
        output.note(`${Math.floor((100 * replayed.messages) / total)} % of ${total} messages`);
      }
    }
  } catch (error) {
    replayed.stop();
    if (error instanceof ReplayMismatch) throw new CliError('replay_failed', error.message);
    throw error;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { messages, batchNo } = replayed;
  const messagesPerSecond = Math.round(messages / seconds);
  output.print(
    `ok    ${messages} messages of ${batchNo} batches replayed to the logged hashes (${messagesPerSecond} messages/s)`,
    { check: 'log', ok: true, messages, batches: batchNo, messagesPerSecond },
  );
  return replayed;
}

async function compare(db: CommonQueryMethods, replayed: Replay, output: Output): Promise<number> {
  let differences = 0;
  const tell = (check: string, inLog: string, inDatabase: string) => {
    const ok = inLog === inDatabase;
    if (!ok) differences += 1;
    const text = ok
      ? `ok    ${check}: ${inLog}`
      : `FAIL  ${check}: the log gives ${inLog}, the database ${inDatabase}`;
    output.print(text, { check, ok, replayed: inLog, database: inDatabase });
  };
  const set = (digest: SetDigest) => `${digest.count} (digest ${digest.value})`;

  const trades = new SetDigest();
  for await (const trade of readTrades(db)) trades.add(tradeLine(trade));
  tell('trades', set(replayed.state.trades), set(trades));

  const ended = new SetDigest();
  for await (const order of readEndedOrders(db)) ended.add(orderLine(order));
  tell('ended orders', set(replayed.state.endedOrders), set(ended));

  const present = replayed.state.present();
  const stored = {
    markets: await readMarketStates(db),
    books: await readOpenOrders(db),
    wallets: await readWallets(db),
  };
  const nothing = { markets: [], books: [], wallets: [] };
  const books = (state: typeof stored) =>
    stateHash({ ...nothing, markets: state.markets, books: state.books });
  const balances = (state: typeof stored) => stateHash({ ...nothing, wallets: state.wallets });
  tell(`books (${stored.books.length} orders)`, books(present), books(stored));
  tell(`balances (${stored.wallets.length} wallets)`, balances(present), balances(stored));
  tell('state hash', stateHash(present), stateHash(stored));
  return differences;
}
