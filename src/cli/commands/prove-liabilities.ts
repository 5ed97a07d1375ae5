import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLiabilities } from '../../db/liabilities.ts';
import { makeTree } from '../../liabilities/make-tree.ts';
import type { CommandContext } from '../context.ts';
import { CliError } from '../errors.ts';

/**
 * Writes `root.json`, to be published, and `proofs/<account>.json` for each customer, as of one commit.
 * @throws {CliError} `ledger_unbalanced`, `directory_exists`
 */
export async function proveLiabilities(context: CommandContext, options: { out: string }): Promise<void> {
  const pool = await context.database();
  const { balances, unbalanced, ...subject } = await readLiabilities(pool);
  if (unbalanced.length > 0)
    throw new CliError('ledger_unbalanced', `The ledger does not sum to zero in ${unbalanced.join(', ')}.`);
  const tree = makeTree({ balances, ...subject });

  const proofs = join(options.out, 'proofs');
  try {
    await mkdir(options.out, { recursive: true });
    await mkdir(proofs, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CliError('directory_exists', `There are proofs in ${options.out} already.`);
  }
  for (const [accountId, proof] of tree.proofs()) {
    const file = JSON.stringify(proof);
    await writeFile(join(proofs, `${accountId}.json`), file, { mode: 0o600 });
  }
  const { root, customers } = tree;
  await writeFile(join(options.out, 'root.json'), `${JSON.stringify(root, undefined, 2)}\n`);
  context.output.print(`${customers} customers as of batch ${root.batchNo}: root ${root.hash}`, {
    ...root,
    customers,
  });
}
