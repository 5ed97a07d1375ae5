import type { DatabasePool } from 'slonik';
import { readLiabilities } from '../db/liabilities.ts';
import { findNewestRoot, storeTree } from '../db/liability-trees.ts';
import { makeTree } from './make-tree.ts';
import type { RootFile } from './proof-files.ts';

export type Published = { readonly root: RootFile } | { readonly unbalanced: readonly string[] };

/** Makes a tree of what customers own now and stores it; not while the ledger doesn't sum to zero. */
export async function publishLiabilities(pool: DatabasePool, nowMs: number): Promise<Published> {
  const { unbalanced, ...owed } = await readLiabilities(pool);
  if (unbalanced.length > 0) return { unbalanced };
  const tree = makeTree(owed);
  await storeTree(pool, tree, nowMs);
  return { root: tree.root };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const LOOK_MS = 10 * 60 * 1000;

/** Makes a tree a day, as long as it runs. @returns how to stop */
export function publishDaily(
  pool: DatabasePool,
  now: () => number,
  log: { error(fields: object, message: string): void; info(fields: object, message: string): void },
): () => Promise<void> {
  let looking: Promise<void> | undefined;
  async function look(): Promise<void> {
    const newest = await findNewestRoot(pool);
    if (newest !== undefined && newest.madeAtMs + DAY_MS > now()) return;
    const made = await publishLiabilities(pool, now());
    if ('unbalanced' in made)
      log.error({ assets: made.unbalanced }, 'the ledger does not sum to zero: no liabilities are proved');
    else
      log.info({ batchNo: made.root.batchNo, root: made.root.hash }, 'the liabilities of today are proved');
  }
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) =>
        log.error({ err: error }, 'the liabilities could not be proved; it is tried again'),
      )
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
