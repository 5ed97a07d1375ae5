import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import type { LoggedBatch } from '../actors/replay/replay.ts';
import { CliError, EXIT } from './errors.ts';

/**
 * A message log as a file, so that what happened can be taken to another machine: a line that says what it is, then a JSON
 * object a batch. A name that ends in `.gz` makes it compressed. The messages stand as they were sealed, a line each in
 * `payload`, so that the chain of hashes can be checked.
 */

const HEADER = { bourseLog: 1 } as const;

const headerLine = z.strictObject({ bourseLog: z.literal(1) });
const batchLine = z.strictObject({
  batchNo: z.int().positive(),
  epoch: z.int(),
  committedAtMs: z.int(),
  messageCount: z.int(),
  hash: z.hex().length(64),
  payload: z.string(),
});

/** @throws what the file system says */
export async function writeLogFile(path: string, batches: AsyncIterable<LoggedBatch>): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify(HEADER)}\n`;
    for await (const { batchNo, epoch, committedAtMs, messageCount, hash, payload } of batches) {
      const line: z.output<typeof batchLine> = {
        batchNo,
        epoch,
        committedAtMs,
        messageCount,
        hash: Buffer.from(hash).toString('hex'),
        payload: Buffer.from(payload).toString(),
      };
      yield `${JSON.stringify(line)}\n`;
    }
  }
  const file = createWriteStream(path);
  if (path.endsWith('.gz')) await pipeline(Readable.from(lines()), createGzip(), file);
  else await pipeline(Readable.from(lines()), file);
}

/** @throws {CliError} `invalid_log_file` */
export async function* readLogFile(path: string): AsyncGenerator<LoggedBatch> {
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const failed = new Promise<never>((_, reject) => {
    file.on('error', reject);
    bytes.on('error', reject);
  });
  failed.catch(() => {});
  let lineNo = 0;
  const lines = createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  try {
    for (;;) {
      const next = await Promise.race([lines.next(), failed]);
      if (next.done === true) break;
      lineNo += 1;
      const value: unknown = JSON.parse(next.value);
      if (lineNo === 1) headerLine.parse(value);
      else {
        const { hash, payload, ...batch } = batchLine.parse(value);
        yield { ...batch, hash: Buffer.from(hash, 'hex'), payload: Buffer.from(payload) };
      }
    }
  } catch (error) {
    throw notALog(path, lineNo, error);
  } finally {
    file.destroy();
  }
  if (lineNo === 0) throw notALog(path, 0, new Error('it is empty'));
}

function notALog(path: string, lineNo: number, error: unknown): CliError {
  const why = error instanceof z.ZodError ? 'it is no batch of a log' : (error as Error).message;
  const where = lineNo === 0 ? '' : `, line ${lineNo}`;
  return new CliError('invalid_log_file', `${path}${where}: ${why}.`, EXIT.usage);
}
