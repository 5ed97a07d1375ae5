import type { PaymentStatus } from '../chain.ts';
import type { OwnCoins, OwnSpend } from './coins.ts';
import type { BitcoinNode, BlockAtHeight } from './node.ts';

interface FoundTransaction {
  readonly txId: string;
  readonly height: number;
  readonly blockHash: string;
}

/**
 * Where our transactions are, on a node without an index of transactions: in the memory pool, in the blocks that `OwnCoins` has read,
 * or in those before, which are read backwards up to a bound, at most once for each transaction.
 */
export class SentPayments {
  readonly #node: BitcoinNode;
  readonly #coins: OwnCoins;
  readonly #lookbackBlocks: number;
  readonly #found = new Map<string, FoundTransaction & { readonly feeSats: bigint }>();
  /** Transactions that are in no block that can be read up to the one of this hash. */
  readonly #absentUpTo = new Map<string, string>();

  constructor(node: BitcoinNode, coins: OwnCoins, lookbackBlocks: number) {
    this.#node = node;
    this.#coins = coins;
    this.#lookbackBlocks = lookbackBlocks;
  }

  async statusOf(txId: string, minorOf: (sats: bigint) => bigint): Promise<PaymentStatus> {
    // The memory pool first: what is mined between the two questions is seen by the second.
    if (await this.#node.isInMemoryPool(txId)) return { type: 'pending' };
    await this.#coins.refresh();
    const mined = this.#coins.spendOf(txId) ?? (await this.#minedBefore(txId));
    if (mined === undefined) return { type: 'unknown' };
    return {
      type: 'mined',
      height: mined.height,
      confirmations: this.#coins.height - mined.height + 1,
      succeeded: true,
      networkFeeMinor: minorOf(mined.feeSats),
    };
  }

  /** Who spent one of these outputs in a block; undefined when no block that can still be read tells. */
  spenderOf(outpoints: ReadonlySet<string>): Promise<FoundTransaction | undefined> {
    return this.#lookBack(this.#coins.height, ({ transactions }) =>
      transactions.find(({ spends }) => spends.some((outpoint) => outpoints.has(outpoint)))?.txId(),
    );
  }

  async #minedBefore(txId: string): Promise<OwnSpend | undefined> {
    const known = this.#found.get(txId);
    if (known && (await this.#node.hashAt(known.height)) === known.blockHash) return known;
    this.#found.delete(txId);
    const { start } = this.#coins;
    if (start === undefined || this.#absentUpTo.get(txId) === start.hash) return undefined;
    const found = await this.#lookBack(start.height, ({ transactions }) =>
      transactions.some((transaction) => transaction.txId() === txId) ? txId : undefined,
    );
    if (found === undefined) {
      this.#absentUpTo.set(txId, start.hash);
      return undefined;
    }
    const feeSats = await this.#node.feeOf(txId, found.blockHash);
    this.#found.set(txId, { ...found, feeSats });
    return { height: found.height, feeSats };
  }

  async #lookBack(fromHeight: number, txIdIn: (block: BlockAtHeight) => string | undefined) {
    const lowest = Math.max(0, fromHeight - this.#lookbackBlocks + 1);
    for (let height = fromHeight; height >= lowest; height -= 1) {
      const block = await this.#node.keptBlockAt(height);
      if (block === undefined) return undefined;
      const txId = txIdIn(block);
      if (txId !== undefined) return { txId, height, blockHash: block.hash };
    }
    return undefined;
  }
}
