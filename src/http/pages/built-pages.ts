import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { brotliCompress, constants } from 'node:zlib';

/** The trading page and the operator console, as `npm run build:pages` made them, in memory. */
export interface BuiltPages {
  /** By path below the origin; undefined: there is none. */
  file(path: string): BuiltFile | undefined;
  readonly trading: BuiltFile | undefined;
  readonly console: BuiltFile | undefined;
}

export interface BuiltFile {
  readonly content: Buffer;
  /** undefined: it doesn't become smaller. */
  readonly brotli: Buffer | undefined;
  readonly contentType: string;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = Object.freeze({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
});

export const NO_PAGES: BuiltPages = Object.freeze({
  file: () => undefined,
  trading: undefined,
  console: undefined,
});

/** Reads what was built; nothing when nothing was. @param directory as `vite build` leaves it */
export async function readBuiltPages(directory: string): Promise<BuiltPages> {
  let names: readonly string[];
  try {
    names = (await readdir(directory, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined)
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NO_PAGES;
    throw error;
  }
  const files = new Map<string, BuiltFile>();
  for (const name of names) files.set(`/${name.slice(directory.length + 1)}`, await readBuilt(name));
  return {
    file: (path) => files.get(path),
    trading: files.get('/index.html'),
    console: files.get('/console.html'),
  };
}

async function readBuilt(name: string): Promise<BuiltFile> {
  const content = await readFile(name);
  const brotli = await compress(content);
  return {
    content,
    brotli: brotli.length < content.length ? brotli : undefined,
    contentType: TYPES[extname(name)]!,
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
  };
}

function compress(content: Buffer): Promise<Buffer> {
  // The highest costs seconds at each start, and saves a few per cent.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 6 };
  return new Promise((resolve, reject) => {
    brotliCompress(content, { params }, (error, result) =>
      error === null ? resolve(result) : reject(error),
    );
  });
}
