import type { InclusionProof, SumTree, TreeSubject } from './sum-tree.ts';

/** The published file: amounts are minor units as decimal strings, hashes and salts hex. */
export function rootFile(subject: TreeSubject, tree: SumTree) {
  const { hash, sumsMinor } = tree.root;
  return {
    type: 'bourse.liabilities.v1',
    batchNo: subject.batchNo,
    logHash: subject.logHash,
    assets: subject.assets.map(({ symbol, scale }) => [symbol, scale] as const),
    depth: tree.depth,
    totals: sumsMinor.map(String),
    hash: hash.toString('hex'),
  };
}
export type RootFile = ReturnType<typeof rootFile>;

/** One customer's file. */
export function proofFile(proof: InclusionProof) {
  return {
    type: 'bourse.liability-proof.v1',
    account: proof.accountId,
    amounts: proof.amountsMinor.map(String),
    salt: proof.salt.toString('hex'),
    index: proof.index,
    siblings: proof.siblings.map(({ hash, sumsMinor }) => ({
      hash: hash.toString('hex'),
      sums: sumsMinor.map(String),
    })),
  };
}
export type ProofFile = ReturnType<typeof proofFile>;
