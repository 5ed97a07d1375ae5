import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** Longer than any line: 40 digits, a colon, a count and a line end. */
const LINE_BYTES = 80;
const HASH_DIGITS = 40;

/** A list of breached passwords that is asked where it lies: it has tens of gigabytes. */
export interface BreachFile {
  has(password: string): Promise<boolean>;
}

export class BreachFileError extends Error {
  override readonly name = 'BreachFileError';
}

/**
 * The file of "Have I Been Pwned" ordered by hash: lines of an SHA-1 in hexadecimal, a colon and a count. Each look-up opens the
 * file, so that it may be replaced by a newer one.
 * @throws {BreachFileError} when it can't be read or does not begin as such a file
 */
export async function openBreachFile(path: string): Promise<BreachFile> {
  await withFile(path, async (file) => {
    const { hash } = await lineFrom(file, 0);
    if (!/^[0-9A-F]{40}$/i.test(hash)) throw new BreachFileError(`${path} has no lines of SHA-1:count`);
  });
  return {
    has: (password) =>
      withFile(path, (file) => find(file, createHash('sha1').update(password).digest('hex').toUpperCase())),
  };
}

async function withFile<Value>(path: string, act: (file: FileHandle) => Promise<Value>): Promise<Value> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new BreachFileError(`${path} can’t be read (${error.code})`);
  });
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

/** Halves the bytes between which the line would begin. */
async function find(file: FileHandle, wanted: string): Promise<boolean> {
  let from = 0;
  let to = (await file.stat()).size;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const line = await lineFrom(file, middle);
    if (line.hash === wanted) return true;
    // No line begins between the middle and the end of what is left, or it is behind the one that is wanted.
    if (line.begin >= to || line.hash > wanted) to = middle;
    else from = line.end;
  }
  return false;
}

/** The first line that begins at a byte or behind it; at the end of the file an empty one. */
async function lineFrom(
  file: FileHandle,
  at: number,
): Promise<{ readonly hash: string; readonly begin: number; readonly end: number }> {
  // A line begins at this byte if the one before it ended a line.
  const before = Math.max(0, at - 1);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE_BYTES * 2), 0, LINE_BYTES * 2, before);
  const text = buffer.toString('latin1', 0, bytesRead);
  const skipped = at === 0 ? 0 : text.indexOf('\n') + 1;
  const begin = before + skipped;
  if (at !== 0 && skipped === 0) return { hash: '', begin: before + bytesRead, end: before + bytesRead };
  const newline = text.indexOf('\n', skipped);
  const end = newline === -1 ? before + bytesRead : before + newline + 1;
  return { hash: text.slice(skipped, skipped + HASH_DIGITS).toUpperCase(), begin, end };
}
