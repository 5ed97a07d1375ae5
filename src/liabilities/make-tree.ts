import { randomBytes } from 'node:crypto';
import { type ProofFile, proofFile, type RootFile, rootFile } from './proof-files.ts';
import { type Liability, SumTree, type TreeSubject } from './sum-tree.ts';

/** What customers own, as of one commit. */
export interface OwedBalances extends Omit<TreeSubject, 'assets'> {
  readonly assets: readonly { readonly id: number; readonly symbol: string; readonly scale: number }[];
  readonly balances: readonly {
    readonly accountId: number;
    readonly assetId: number;
    readonly balanceMinor: bigint;
  }[];
}

export interface MadeTree {
  readonly root: RootFile;
  readonly customers: number;
  /** One after the other: all at once would be many times what the tree is. */
  proofs(): Generator<readonly [accountId: number, proof: ProofFile]>;
}

/** Makes a tree with a secret of its own, which is not kept. */
export function makeTree({ balances, ...subject }: OwedBalances): MadeTree {
  const places = new Map(subject.assets.map(({ id }, index) => [id, index]));
  const amounts = new Map<number, bigint[]>();
  for (const { accountId, assetId, balanceMinor } of balances) {
    const row = amounts.get(accountId) ?? subject.assets.map(() => 0n);
    row[places.get(assetId)!] = balanceMinor;
    amounts.set(accountId, row);
  }
  const liabilities: Liability[] = [...amounts].map(([accountId, amountsMinor]) => ({
    accountId,
    amountsMinor,
  }));
  const tree = new SumTree(subject, liabilities, randomBytes(32));
  return {
    root: rootFile(subject, tree),
    customers: liabilities.length,
    *proofs() {
      for (const { accountId } of liabilities)
        yield [accountId, proofFile(tree.proofOf(accountId)!)] as const;
    },
  };
}
