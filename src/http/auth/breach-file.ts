import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** The passwords of a file in the format of Have I Been Pwned: a line `SHA1:count` each, ordered by hash. */
export interface BreachFile {
  has(password: string): Promise<boolean>;
  close(): Promise<void>;
}

/** What was given is no such file. */
export class BreachFileError extends Error {
  override readonly name = 'BreachFileError';
}

const HASH_LENGTH = 40;
/** Holds the rest of a line that is begun in, and the whole of the next. */
const CHUNK_BYTES = 256;
const LINE = /^([0-9A-Fa-f]{40}):\d+\r?$/;

/**
 * Opens the file; tens of gigabytes are no matter: it is looked up by binary search, about 35 reads a password.
 * @throws {BreachFileError} when it can't be read or does not begin like one
 */
export async function openBreachFile(path: string): Promise<BreachFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    if ((await lineAfter(file, 0, size)) === undefined)
      throw new BreachFileError('it has no line SHA1:count');
    return search(file, size);
  } catch (error) {
    await file?.close();
    if (error instanceof BreachFileError) throw error;
    throw new BreachFileError(`it can’t be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function search(file: FileHandle, size: number): BreachFile {
  return {
    async has(password) {
      const wanted = createHash('sha1').update(password).digest('hex').toUpperCase();
      // The line that is wanted, if there is one, begins at or after `low` and before `high`.
      let low = 0;
      let high = size;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const line = await lineAfter(file, middle, size);
        if (line === undefined || line.start >= high) {
          high = middle;
          continue;
        }
        if (line.hash === wanted) return true;
        if (line.hash < wanted) low = line.end;
        else high = middle;
      }
      return false;
    },
    close: () => file.close(),
  };
}

/** The first line that begins at `position` or later; undefined where there is none. */
async function lineAfter(
  file: FileHandle,
  position: number,
  size: number,
): Promise<{ readonly hash: string; readonly start: number; readonly end: number } | undefined> {
  // From one byte before, to see whether a line begins right here.
  const from = Math.max(0, position - 1);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, from);
  const text = buffer.toString('latin1', 0, bytesRead);
  const skipped = position === 0 ? 0 : text.indexOf('\n') + 1;
  if (position > 0 && skipped === 0 && from + bytesRead < size)
    throw new BreachFileError('it has a line that is too long');
  if (position > 0 && skipped === 0) return undefined;
  const newline = text.indexOf('\n', skipped);
  const line = text.slice(skipped, newline === -1 ? undefined : newline);
  if (line === '') return undefined;
  const found = LINE.exec(line);
  if (found === null) throw new BreachFileError('it has a line that is not SHA1:count');
  const start = from + skipped;
  return { hash: found[1]!.slice(0, HASH_LENGTH).toUpperCase(), start, end: start + line.length + 1 };
}
