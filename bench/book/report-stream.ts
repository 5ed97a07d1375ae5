import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { createBook } from '../../src/domain/book/book.ts';
import * as commands from '../../src/domain/book/commands.ts';
import * as events from '../../src/domain/book/events.ts';
import { type BookEvent, readEvent } from '../../src/domain/book/read-events.ts';

export interface ReplayResult {
  /** Of the report stream. */
  readonly sha256: string;
  readonly commands: number;
  readonly trades: number;
  readonly mostResting: number;
}

/** An id that no order of a flow has. */
const NEVER_PLACED = Number.MAX_SAFE_INTEGER;

/**
 * Replays a recorded flow (gzip, one command a line: `N id B|S price qty`, `I …`, `X id`, `R id B|S price qty`, `D id qty`)
 * and hashes the report stream: the reports of each command, sorted by kind, one a line, joined with `\n`. Kinds: 0 accepted,
 * 1 trade, 2 canceled, 3 replaced, 4 cancel refused, 5 replace refused.
 *
 * The ids of a flow come in any order, those of the book in sequence: each new order gets the next one.
 *
 * @throws Error when a line has no known form.
 */
export async function replayFlow(file: string): Promise<ReplayResult> {
  const book = createBook();
  const command = new Float64Array(commands.COMMAND_WORDS);
  const out = new events.EventBuffer();
  const bookIds = new Map<string, number>();
  const flowIds: string[] = [''];
  const hash = createHash('sha256');
  let sequence = 0;
  let trades = 0;
  let mostResting = 0;

  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
  for await (const line of lines) {
    if (line === '') continue;
    const flowId = writeFlowCommand(line, command, bookIds, flowIds);
    out.clear();
    book.execute(command, 1, out);
    const reports: string[] = [];
    for (let index = 0; index < out.count; index += 1) {
      const event = readEvent(out, index);
      if (event.kind === events.TRADE) trades += 1;
      const report = reportOf(event, sequence, flowId, flowIds);
      if (report !== null) reports.push(report);
    }
    // Sorting is stable, so trades stay in the order in which they happened.
    reports.sort((a, b) => a.charCodeAt(0) - b.charCodeAt(0));
    for (const report of reports)
      hash.update(sequence === 0 && report === reports[0] ? report : `\n${report}`);
    mostResting = Math.max(mostResting, book.restingCount);
    sequence += 1;
  }
  return { sha256: hash.digest('hex'), commands: sequence, trades, mostResting };
}

/** @returns the id of the order in the flow. */
function writeFlowCommand(
  line: string,
  buffer: Float64Array,
  bookIds: Map<string, number>,
  flowIds: string[],
): string {
  const [kind, flowId = '', ...rest] = line.split(' ');
  const known = bookIds.get(flowId) ?? NEVER_PLACED;
  const side = rest[0] === 'B' ? commands.BUY : commands.SELL;
  if (kind === 'N' || kind === 'I') {
    const id = flowIds.push(flowId) - 1;
    bookIds.set(flowId, id);
    const timeInForce = kind === 'N' ? commands.GTC : commands.IOC;
    const [priceTicks, quantityLots] = [Number(rest[1]), Number(rest[2])];
    commands.writePlace(buffer, 0, { id, side, priceTicks, quantityLots, timeInForce });
  } else if (kind === 'X') {
    commands.writeCancel(buffer, 0, known);
  } else if (kind === 'R') {
    commands.writeReplace(buffer, 0, {
      id: known,
      priceTicks: Number(rest[1]),
      quantityLots: Number(rest[2]),
    });
  } else if (kind === 'D') {
    commands.writeReduce(buffer, 0, { id: known, byLots: Number(rest[0]) });
  } else {
    throw new Error(`unknown command in the flow: ${line}`);
  }
  return flowId;
}

/** The report of an event, or null for those that the stream does not have. `flowId` is that of the command. */
function reportOf(
  event: BookEvent,
  sequence: number,
  flowId: string,
  flowIds: readonly string[],
): string | null {
  switch (event.kind) {
    case events.ACCEPTED:
      return `0,${sequence},${event.side},${flowId},${event.price},${event.quantity}`;
    case events.TRADE:
      return `1,${sequence},${event.price},${event.quantity},${flowIds[event.maker]},${flowId}`;
    case events.CANCELED:
      return `2,${sequence},${event.side},${flowId},${event.price}`;
    case events.REPLACED:
      return `3,${sequence},${event.side},${flowId},${event.price},${event.quantity}`;
    case events.CANCEL_REFUSED:
      return `4,${sequence},${flowId}`;
    case events.REPLACE_REFUSED:
      return `5,${sequence},${flowId}`;
    default:
      return null;
  }
}
