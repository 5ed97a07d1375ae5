import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * One command of a recorded order flow. Prices and quantities are whole numbers of the flow's own units; ids are the
 * recording exchange's.
 */
export type FlowCommand =
  | {
      readonly type: 'place';
      readonly id: string;
      readonly side: 'buy' | 'sell';
      readonly timeInForce: 'gtc' | 'ioc';
      readonly price: bigint;
      readonly quantity: bigint;
    }
  | {
      readonly type: 'market';
      readonly id: string;
      readonly side: 'buy' | 'sell';
      readonly quantity: bigint;
    }
  | { readonly type: 'cancel'; readonly id: string }
  /** Off the book and in again at the back of the queue, with this price and open quantity. */
  | { readonly type: 'replace'; readonly id: string; readonly price: bigint; readonly quantity: bigint }
  /** So much less, keeping the place in the queue. */
  | { readonly type: 'reduce'; readonly id: string; readonly quantity: bigint };

/** The file does not hold what it should. */
export class FlowFormatError extends Error {
  override readonly name = 'FlowFormatError';
}

const ORDER = /^([NI]) (\S{1,40}) ([BS]) (\d{1,18}) (\d{1,18})$/;
const MARKET = /^M (\S{1,40}) ([BS]) (\d{1,18})$/;
const CANCEL = /^X (\S{1,40})$/;
const REPLACE = /^R (\S{1,40}) [BS] (\d{1,18}) (\d{1,18})$/;
const REDUCE = /^D (\S{1,40}) (\d{1,18})$/;

/**
 * Reads one line.
 * @throws {FlowFormatError} when it is no command
 */
export function parseFlowLine(line: string, lineNumber: number): FlowCommand {
  const order = ORDER.exec(line);
  if (order !== null) {
    const timeInForce = order[1] === 'N' ? 'gtc' : 'ioc';
    const [price, quantity] = [BigInt(order[4]!), BigInt(order[5]!)];
    return { type: 'place', id: order[2]!, side: sideOf(order[3]!), timeInForce, price, quantity };
  }
  const cancel = CANCEL.exec(line);
  if (cancel !== null) return { type: 'cancel', id: cancel[1]! };
  const market = MARKET.exec(line);
  if (market !== null) {
    return { type: 'market', id: market[1]!, side: sideOf(market[2]!), quantity: BigInt(market[3]!) };
  }
  const replace = REPLACE.exec(line);
  if (replace !== null) {
    return { type: 'replace', id: replace[1]!, price: BigInt(replace[2]!), quantity: BigInt(replace[3]!) };
  }
  const reduce = REDUCE.exec(line);
  if (reduce !== null) return { type: 'reduce', id: reduce[1]!, quantity: BigInt(reduce[2]!) };
  throw new FlowFormatError(
    `Line ${lineNumber} is no command of a flow: ${JSON.stringify(line.slice(0, 60))}`,
  );
}

/** The commands of a file, plain or gzip, in their order; the file is streamed. */
export async function* readFlow(path: string): AsyncGenerator<FlowCommand, void, void> {
  const packed = await isGzip(path);
  const file = createReadStream(path);
  const input: Readable = packed ? file.pipe(createGunzip()) : file;
  // A pipe does not carry errors on: the reader must hear of both.
  file.on('error', (error) => input.destroy(error));
  let lineNumber = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      lineNumber += 1;
      if (line !== '' && !line.startsWith('#')) yield parseFlowLine(line, lineNumber);
    }
  } finally {
    file.destroy();
  }
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE(0) === 0x1f8b;
  } finally {
    await handle.close();
  }
}

function sideOf(letter: string): 'buy' | 'sell' {
  return letter === 'B' ? 'buy' : 'sell';
}
