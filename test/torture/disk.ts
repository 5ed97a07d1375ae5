import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SIZE = '8g';

/** A file system for the data alone, which can be full while it is in use. */
export class Disk {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Mounts it over the directory; undefined where this user may not. */
  static async mount(directory: string): Promise<Disk | undefined> {
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=711`, 'tmpfs', directory]);
      return new Disk(directory);
    } catch {
      return undefined;
    }
  }

  /** From now on it is as large as what is on it. */
  async fill(): Promise<void> {
    // What is written meanwhile does not fit into the size that was read.
    for (let attempt = 1; ; attempt += 1) {
      const { blocks, bfree, bsize } = await statfs(this.#directory);
      try {
        return await this.#resize(String((blocks - bfree) * bsize));
      } catch (error) {
        if (attempt === 20) throw error;
      }
    }
  }

  free(): Promise<void> {
    return this.#resize(SIZE);
  }

  async unmount(): Promise<void> {
    await run('umount', ['--lazy', this.#directory]);
  }

  async #resize(size: string): Promise<void> {
    await run('mount', ['-o', `remount,size=${size}`, this.#directory]);
  }
}
