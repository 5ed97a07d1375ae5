import { createHash, createHmac } from 'node:crypto';
import { assert } from '../domain/assert.ts';

/** What the exchange owes one customer; amounts in minor units, in the order of the tree's assets. */
export interface Liability {
  readonly accountId: number;
  readonly amountsMinor: readonly bigint[];
}

/** What a tree is about. It enters every hash, so that no part of one tree fits into another. */
export interface TreeSubject {
  readonly batchNo: number;
  /** Hash of the message log at that batch, hex. */
  readonly logHash: string;
  readonly assets: readonly { readonly symbol: string; readonly scale: number }[];
}

export interface SumNode {
  readonly hash: Buffer;
  readonly sumsMinor: readonly bigint[];
}

export interface InclusionProof {
  readonly accountId: number;
  readonly amountsMinor: readonly bigint[];
  readonly salt: Buffer;
  /** Position of the leaf; bit n says on which side of level n it stands. */
  readonly index: number;
  /** From the leaf upwards. */
  readonly siblings: readonly SumNode[];
}

const AMOUNT_BYTES = 16;
const AMOUNT_LIMIT = 1n << 128n;
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
const PADDING = Buffer.of(2);

/** SHA-256 of the subject as JSON with its keys in a fixed order. */
export function subjectHash({ batchNo, logHash, assets }: TreeSubject): Buffer {
  const text = JSON.stringify({
    assets: assets.map(({ symbol, scale }) => [symbol, scale]),
    batchNo,
    logHash,
    type: 'bourse.liabilities.v1',
  });
  return createHash('sha256').update(text, 'utf8').digest();
}

/**
 * A Merkle sum tree over all customers. Leaves are ordered by a keyed hash, so that neighbours say nothing about who they are, and
 * filled up with empty ones to a power of two. A parent hashes both children's hashes and both children's sums, each by itself:
 * hashing only the total would let two children be given other sums with the same total.
 */
export class SumTree {
  readonly #levels: SumNode[][];
  readonly #places: ReadonlyMap<number, number>;
  readonly #ordered: readonly Liability[];
  readonly #secret: Buffer;

  /** @param secret 32 random bytes, of this tree only: it orders the leaves and gives their salts */
  constructor(subject: TreeSubject, liabilities: readonly Liability[], secret: Buffer) {
    assert(secret.length === 32, 'the secret of a tree has 32 bytes');
    const context = subjectHash(subject);
    this.#secret = secret;
    this.#ordered = liabilities
      .map((liability) => ({ liability, key: keyed(secret, 'order', liability.accountId) }))
      .sort((one, other) => one.key.compare(other.key))
      .map(({ liability }) => liability);
    this.#places = new Map(this.#ordered.map(({ accountId }, index) => [accountId, index]));
    assert(this.#places.size === liabilities.length, 'an account has one leaf');
    const leaves = this.#ordered.map(({ accountId, amountsMinor }) => {
      assert(amountsMinor.length === subject.assets.length, 'a leaf has an amount of each asset');
      const salt = keyed(secret, 'salt', accountId);
      return {
        hash: sha256(LEAF, context, wide(accountId), salt, packed(amountsMinor)),
        sumsMinor: amountsMinor,
      };
    });
    const none = subject.assets.map(() => 0n);
    for (let index = leaves.length; index === 0 || !isPowerOfTwo(index); index += 1) {
      leaves.push({ hash: sha256(PADDING, context, keyed(secret, 'padding', index)), sumsMinor: none });
    }
    this.#levels = [leaves];
    for (let level = leaves; level.length > 1; this.#levels.push(level)) level = parents(context, level);
  }

  get depth(): number {
    return this.#levels.length - 1;
  }

  get root(): SumNode {
    return this.#levels.at(-1)![0]!;
  }

  /** @returns undefined for an account that is not in the tree */
  proofOf(accountId: number): InclusionProof | undefined {
    const index = this.#places.get(accountId);
    if (index === undefined) return undefined;
    const siblings = this.#levels.slice(0, -1).map((level, height) => level[(index >>> height) ^ 1]!);
    const { amountsMinor } = this.#ordered[index]!;
    return { accountId, amountsMinor, salt: keyed(this.#secret, 'salt', accountId), index, siblings };
  }
}

function parents(context: Buffer, children: readonly SumNode[]): SumNode[] {
  return Array.from({ length: children.length / 2 }, (_, index) => {
    const left = children[2 * index]!;
    const right = children[2 * index + 1]!;
    return {
      hash: sha256(NODE, context, left.hash, packed(left.sumsMinor), right.hash, packed(right.sumsMinor)),
      sumsMinor: left.sumsMinor.map((sum, asset) => sum + right.sumsMinor[asset]!),
    };
  });
}

/** Unsigned, big-endian, 16 bytes each: there is no way to write a negative amount. */
function packed(amountsMinor: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(AMOUNT_BYTES * amountsMinor.length);
  amountsMinor.forEach((amount, index) => {
    assert(amount >= 0n && amount < AMOUNT_LIMIT, 'an amount of a tree is not negative and fits 16 bytes');
    bytes.writeBigUInt64BE(amount >> 64n, AMOUNT_BYTES * index);
    bytes.writeBigUInt64BE(amount & 0xffffffffffffffffn, AMOUNT_BYTES * index + 8);
  });
  return bytes;
}

function wide(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes;
}

function keyed(secret: Buffer, purpose: string, number: number): Buffer {
  return createHmac('sha256', secret).update(purpose).update(wide(number)).digest();
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function isPowerOfTwo(number: number): boolean {
  return (number & (number - 1)) === 0;
}
