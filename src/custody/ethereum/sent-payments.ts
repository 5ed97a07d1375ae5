import {
  type Hash,
  type Hex,
  keccak256,
  parseEventLogs,
  parseTransaction,
  recoverTransactionAddress,
  type TransactionReceipt,
} from 'viem';
import { ChainUnavailable, PaymentRefused, type PaymentStatus, type SignedPayment } from '../chain.ts';
import type { CarriedAssets } from './assets.ts';
import { ERC20, type EthereumNode, NodeRefusal, orUndefined } from './node.ts';
import type { EthereumTransactions } from './transactions.ts';

/** Gives signed transactions to the node and asks what became of them. */
export class SentPayments {
  readonly #node: EthereumNode;
  readonly #assets: CarriedAssets;
  readonly #transactions: EthereumTransactions;

  constructor(node: EthereumNode, assets: CarriedAssets, transactions: EthereumTransactions) {
    this.#node = node;
    this.#assets = assets;
    this.#transactions = transactions;
  }

  /**
   * Nodes say in many ways that they know a transaction, or that its nonce is used; so it is looked up what is true.
   * @throws {PaymentRefused} when the nonce was used by another
   * @throws {ChainUnavailable} also when the node doesn't take it at the moment: the fees are too low, the wallet too empty
   */
  async broadcast({ txId, raw }: SignedPayment): Promise<void> {
    const { sender, nonce } = await read(txId, raw);
    try {
      await this.#node.call('send', (client) =>
        client.sendRawTransaction({ serializedTransaction: raw as Hex }),
      );
    } catch (error) {
      if (!(error instanceof NodeRefusal)) throw error;
      // First the nonce, then whether it is known: the other way round it could be taken in between.
      const used = await this.#node.read('nonce', (client) =>
        client.getTransactionCount({ address: sender, blockTag: 'latest' }),
      );
      if (await this.#node.knows(txId as Hash)) return;
      if (used > nonce)
        throw new PaymentRefused(`another transaction has the nonce ${nonce}`, { cause: error });
      throw new ChainUnavailable(error.message, { cause: error });
    }
  }

  async statusOf(txId: string): Promise<PaymentStatus> {
    const hash = txId as Hash;
    const tip = Number(await this.#node.tipHeight());
    const receipt = await this.#node.read('receipt', (client) =>
      orUndefined(client.getTransactionReceipt({ hash })),
    );
    if (receipt === undefined) return { type: (await this.#node.knows(hash)) ? 'pending' : 'unknown' };
    const height = Number(receipt.blockNumber);
    return {
      type: 'mined',
      height,
      confirmations: Math.max(1, tip - height + 1),
      succeeded: receipt.status === 'success' && (await this.#hasMoved(receipt)),
      networkFeeMinor: this.#assets.native.minorOf(receipt.gasUsed * receipt.effectiveGasPrice),
    };
  }

  /** Some tokens answer "no" where others revert; and then nothing was paid, although the transaction succeeded. */
  async #hasMoved({ to, from, logs, transactionHash: hash }: TransactionReceipt): Promise<boolean> {
    if (to === null || this.#assets.byContract(to) === undefined) return true;
    const { input } = await this.#node.read('transaction', (client) => client.getTransaction({ hash }));
    const transfer = this.#transactions.transferOf({ to, data: input });
    if (transfer === undefined || transfer.units === 0n) return true;
    return parseEventLogs({ abi: ERC20, eventName: 'Transfer', logs }).some(
      ({ address, args }) =>
        address.toLowerCase() === to.toLowerCase() && args.from.toLowerCase() === from.toLowerCase(),
    );
  }
}

async function read(txId: string, raw: string) {
  try {
    const serializedTransaction = raw as `0x02${string}`;
    if (keccak256(serializedTransaction) !== txId) throw new Error('its id is that of another');
    const { nonce = 0 } = parseTransaction(serializedTransaction);
    return { nonce, sender: await recoverTransactionAddress({ serializedTransaction }) };
  } catch (error) {
    throw new PaymentRefused('what should be sent is no signed transaction', { cause: error });
  }
}
