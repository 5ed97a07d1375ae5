import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { DatabasePool } from 'slonik';
import {
  addTransaction,
  dropBlocks,
  findBlock,
  findTip,
  findTransaction,
  isNonceUsed,
  listTransactions,
  mineBlock,
  nextNonce,
  sumBalances,
} from '../../db/custody/simulated-network.ts';
import { assert } from '../../domain/assert.ts';
import { accept, refuse } from '../../domain/rejection.ts';
import {
  type Chain,
  type PaymentOrder,
  type PaymentPlan,
  PaymentRefused,
  type PaymentStatus,
} from '../chain.ts';
import { parseSimulatedAddress, simulatedAddress } from './simulated-address.ts';

export interface SimulatedChainOptions {
  readonly pool: DatabasePool;
  /** Its addresses and signatures come from it. */
  readonly secret: string;
  /** Symbols, as of now. */
  assets(): readonly string[];
  readonly feeAsset: string;
  /** What it takes for a payment, in minor units of the fee asset. */
  readonly feeMinor: bigint;
  readonly confirmations: number;
  /** How often it makes a block; null: only when it is told to. */
  readonly blockMs: number | null;
  readonly now: () => number;
}

/** The simulated network, and what can be done with it that no real one lets be done. */
export interface SimulatedChain extends Chain {
  /** Somebody outside pays to an address; it is in the next block. @returns the transaction's id */
  payFromOutside(order: PaymentOrder): Promise<string>;
  mine(): Promise<void>;
  /** Replaces the newest blocks by one more other ones, in which what was in them may come back. */
  reorganise(depth: number): Promise<void>;
}

/** What is signed: one payment of the exchange. */
interface Transaction extends Omit<PaymentOrder, 'amountMinor'> {
  readonly nonce: number;
  readonly amountMinor: string;
  readonly feeMinor: string;
}

const NETWORK = 'simulated';

/**
 * A network that lives in the exchange's own database. It pays from all of the exchange's addresses at once, numbers its
 * payments as Ethereum numbers those of an account, and replaces a payment by one of the same number and a higher fee.
 */
export function createSimulatedChain(options: SimulatedChainOptions): SimulatedChain {
  const { pool, secret, feeAsset, feeMinor, now } = options;
  const timer = options.blockMs === null ? undefined : setInterval(() => void mining(), options.blockMs);
  timer?.unref();
  let underWay: Promise<unknown> = Promise.resolve();

  function mining(): Promise<unknown> {
    underWay = underWay.then(() => mineBlock(pool, now())).catch(() => {});
    return underWay;
  }

  const read = (plan: PaymentPlan) => JSON.parse(plan.unsigned) as Transaction;
  const idOf = (unsigned: string) => createHash('sha256').update(unsigned).digest('hex');

  return {
    network: NETWORK,
    name: 'Simulated network',
    get assets() {
      return options.assets();
    },
    feeAsset,
    confirmations: options.confirmations,

    addressOf: async (index) => simulatedAddress(secret, index),
    parseAddress: parseSimulatedAddress,
    paymentUri: (asset, address) => `simulated:${address}?asset=${asset}`,

    tipHeight: async () => (await findTip(pool))?.height ?? -1,
    async blockAt(height, isOurs) {
      const block = await findBlock(pool, height);
      if (block === undefined) return undefined;
      const transactions = await listTransactions(pool, height);
      // Read again: a reorganisation in between would mix two blocks.
      if ((await findBlock(pool, height))?.hash !== block.hash) return undefined;
      const transfers = transactions
        .filter(({ address }) => isOurs(address))
        .map(({ txId, asset, address, amountMinor }) => ({
          txId,
          outputIndex: 0,
          asset,
          address,
          amountMinor,
        }));
      return { ...block, transfers };
    },
    balances: (indices) =>
      sumBalances(
        pool,
        indices.map((index) => simulatedAddress(secret, index)),
        feeAsset,
      ),

    quoteFee: async () => feeMinor,
    async plan(order, taken, replaces) {
      const before = replaces === undefined ? undefined : read(replaces);
      let nonce = before?.nonce ?? (await nextNonce(pool));
      while (before === undefined && taken.has(slotOf(nonce))) nonce += 1;
      const fee = before === undefined ? feeMinor : BigInt(before.feeMinor) + feeMinor / 4n + 1n;
      const { asset, address, amountMinor } = order;
      const transaction: Transaction = {
        nonce,
        asset,
        address,
        amountMinor: amountMinor.toString(),
        feeMinor: fee.toString(),
      };
      if (!options.assets().includes(asset))
        return refuse('network_not_found', 'The simulated network does not carry this asset.');
      const unsigned = JSON.stringify(transaction);
      return accept({ network: NETWORK, slots: [slotOf(nonce)], unsigned, networkFeeMinor: fee });
    },
    outputsOf(plan) {
      const { asset, address, amountMinor } = read(plan);
      return [{ asset, address, amountMinor: BigInt(amountMinor) }];
    },
    async sign(plan) {
      const signature = createHmac('sha256', secret).update(plan.unsigned).digest('hex');
      const raw = Buffer.from(JSON.stringify({ unsigned: plan.unsigned, signature })).toString('hex');
      return { txId: idOf(plan.unsigned), raw };
    },
    async broadcast({ txId, raw }) {
      const { unsigned, signature } = JSON.parse(Buffer.from(raw, 'hex').toString()) as Record<
        string,
        string
      >;
      const isSigned = createHmac('sha256', secret).update(unsigned!).digest('hex') === signature;
      assert(isSigned && idOf(unsigned!) === txId, 'the transaction is what was signed');
      const { nonce, asset, address, amountMinor, feeMinor: fee } = JSON.parse(unsigned!) as Transaction;
      if (await isNonceUsed(pool, nonce, txId)) throw new PaymentRefused(`the number ${nonce} is used`);
      await addTransaction(pool, {
        txId,
        nonce,
        asset,
        address,
        amountMinor: BigInt(amountMinor),
        feeMinor: BigInt(fee),
      });
    },
    async statusOf(txId): Promise<PaymentStatus> {
      const transaction = await findTransaction(pool, txId);
      if (transaction === undefined) return { type: 'unknown' };
      const { height, feeMinor: networkFeeMinor } = transaction;
      if (height === null) return { type: 'pending' };
      const tip = await findTip(pool);
      const confirmations = (tip?.height ?? height) - height + 1;
      return { type: 'mined', height, confirmations, succeeded: true, networkFeeMinor };
    },
    consolidate: async () => [],

    async payFromOutside({ asset, address, amountMinor }) {
      const txId = createHash('sha256').update(randomUUID()).digest('hex');
      await addTransaction(pool, { txId, nonce: null, asset, address, amountMinor, feeMinor: 0n });
      return txId;
    },
    async mine() {
      await mining();
    },
    async reorganise(depth) {
      await dropBlocks(pool, depth);
      for (let block = 0; block <= depth; block += 1) await mineBlock(pool, now(), randomUUID());
    },
    async close() {
      clearInterval(timer);
      await underWay;
    },
  };
}

function slotOf(nonce: number): string {
  return `nonce:exchange:${nonce}`;
}
