import test from 'ava';
import fc from 'fast-check';
// @ts-expect-error The standalone verifier is plain JavaScript for people without our tools.
import { verifyLiability as verify } from '../../ops/verify-liability.mjs';
import { type ProofFile, proofFile, type RootFile, rootFile } from '../../src/liabilities/proof-files.ts';
import { SumTree } from '../../src/liabilities/sum-tree.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 37n });
const world = fc
  .record({
    assetCount: fc.integer({ min: 1, max: 4 }),
    accountIds: fc.uniqueArray(fc.integer({ min: 1000, max: 2 ** 40 }), { minLength: 1, maxLength: 33 }),
    batchNo: fc.nat(),
    logHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    secret: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  })
  .chain(({ assetCount, accountIds, ...rest }) =>
    fc.record({
      ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, fc.constant(value)])),
      assets: fc.constant(
        Array.from({ length: assetCount }, (_, index) => ({ symbol: `A${index}`, scale: index })),
      ),
      liabilities: fc
        .array(fc.array(amount, { minLength: assetCount, maxLength: assetCount }), {
          minLength: accountIds.length,
          maxLength: accountIds.length,
        })
        .map((rows) => rows.map((amountsMinor, index) => ({ accountId: accountIds[index]!, amountsMinor }))),
    }),
  ) as unknown as fc.Arbitrary<World>;

interface World {
  readonly batchNo: number;
  readonly logHash: Uint8Array;
  readonly secret: Uint8Array;
  readonly assets: { symbol: string; scale: number }[];
  readonly liabilities: { accountId: number; amountsMinor: bigint[] }[];
}

function grow({ batchNo, logHash, secret, assets, liabilities }: World) {
  const subject = { batchNo, logHash: Buffer.from(logHash).toString('hex'), assets };
  const tree = new SumTree(subject, liabilities, Buffer.from(secret));
  return { tree, root: rootFile(subject, tree) };
}

const isGood = (proof: unknown, root: unknown) => {
  try {
    verify(proof, root);
    return true;
  } catch {
    return false;
  }
};

test("every customer's proof leads to the root, whose totals are what all are owed", (t) => {
  fc.assert(
    fc.property(world, (made) => {
      const { tree, root } = grow(made);
      made.assets.forEach((_, asset) => {
        const owed = made.liabilities.reduce((sum, { amountsMinor }) => sum + amountsMinor[asset]!, 0n);
        if (root.totals[asset] !== String(owed)) throw new Error('another total');
      });
      for (const { accountId, amountsMinor } of made.liabilities) {
        const proof = proofFile(tree.proofOf(accountId)!);
        if (proof.amounts.join() !== amountsMinor.join()) throw new Error('other balances');
        verify(proof, root);
      }
      return tree.proofOf(1) === undefined;
    }),
    { numRuns: 100 },
  );
  t.pass();
});

/** Every value within a file, with a way to put another in its place. */
function changes<T extends object>(file: T, other: (value: unknown) => unknown[]): T[] {
  const found: T[] = [];
  const walk = (path: readonly (string | number)[], value: unknown): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk([...path, key], inner);
      return;
    }
    for (const instead of other(value)) {
      const copy = structuredClone(file) as Record<string | number, unknown>;
      const holder = path
        .slice(0, -1)
        .reduce<Record<string | number, unknown>>(
          (at, key) => at[key] as Record<string | number, unknown>,
          copy,
        );
      holder[path.at(-1)!] = instead;
      found.push(copy as T);
    }
  };
  walk([], file);
  return found;
}

function otherValues(value: unknown): unknown[] {
  if (typeof value === 'number') return [value + 1, -1 - value, String(value)];
  const text = value as string;
  if (/^\d+$/.test(text) && text.length < 64)
    return [String(BigInt(text) + 1n), `-${BigInt(text) + 1n}`, `0${text}`];
  return [`${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`, ''];
}

test('no number, hash, place, asset or total of a proof or a root can be another', (t) => {
  fc.assert(
    fc.property(world, fc.nat(), (made, pick) => {
      const { tree, root } = grow(made);
      const { accountId } = made.liabilities[pick % made.liabilities.length]!;
      const proof = proofFile(tree.proofOf(accountId)!);
      for (const changed of changes<ProofFile>(proof, otherValues))
        if (isGood(changed, root)) throw new Error(`taken: ${JSON.stringify(changed)}`);
      for (const changed of changes<RootFile>(root, otherValues))
        if (isGood(proof, changed)) throw new Error(`taken: ${JSON.stringify(changed)}`);
      const { siblings } = proof;
      if (siblings.length > 1 && isGood({ ...proof, siblings: siblings.toReversed() }, root))
        throw new Error('taken in another order');
      return !isGood(
        { ...proof, siblings: [...siblings, siblings[0] ?? { hash: root.hash, sums: root.totals }] },
        root,
      );
    }),
    { numRuns: 40 },
  );
  t.pass();
});

test('moving an amount between neighbours does not keep the root', (t) => {
  fc.assert(
    fc.property(world, (made) => {
      const { tree, root } = grow(made);
      const proof = proofFile(tree.proofOf(made.liabilities[0]!.accountId)!);
      const [sibling] = proof.siblings;
      if (sibling === undefined || proof.amounts[0] === '0') return true;
      const moved = {
        ...proof,
        amounts: proof.amounts.with(0, String(BigInt(proof.amounts[0]!) - 1n)),
        siblings: proof.siblings.with(0, {
          ...sibling,
          sums: sibling.sums.with(0, String(BigInt(sibling.sums[0]!) + 1n)),
        }),
      };
      return !isGood(moved, root);
    }),
  );
  t.pass();
});

test('a tree with a negative or a missing amount, or an account twice, cannot be made', (t) => {
  const subject = { batchNo: 1, logHash: '00'.repeat(32), assets: [{ symbol: 'A', scale: 0 }] };
  const secret = Buffer.alloc(32, 7);
  const one = { accountId: 1000, amountsMinor: [5n] };
  t.throws(() => new SumTree(subject, [one, { accountId: 1001, amountsMinor: [-1n] }], secret));
  t.throws(() => new SumTree(subject, [{ accountId: 1001, amountsMinor: [] }], secret));
  t.throws(() => new SumTree(subject, [one, one], secret));
});
