import { ChainUnavailable } from '../chain.ts';
import { type RawBlock, readBlock } from './block.ts';
import type { BitcoinNetwork } from './network.ts';
import { CALL_TIMEOUT_MS, NodeRefusal, type NodeRpc } from './node-rpc.ts';
import { satsFromBitcoins } from './sats.ts';

/** Codes of Bitcoin Core's `rpc/protocol.h`. */
const INVALID_ADDRESS_OR_KEY = -5;
const INVALID_PARAMETER = -8;
const MISC_ERROR = -1;

/** A look through all unspent outputs takes a minute or two on the main network, more on a slow disk. */
const SCAN_TIMEOUT_MS = 30 * CALL_TIMEOUT_MS;

export interface BlockAtHeight extends RawBlock {
  readonly hash: string;
  readonly height: number;
}

export interface UnspentOutput {
  readonly txId: string;
  readonly output: number;
  readonly scriptHex: string;
  readonly sats: bigint;
  readonly height: number;
  readonly isCoinbase: boolean;
}

/** What the exchange asks a node of Bitcoin. It needs no wallet in it, no index of transactions, and may be pruned. */
export class BitcoinNode {
  readonly #rpc: NodeRpc;
  readonly #network: BitcoinNetwork;

  constructor(rpc: NodeRpc, network: BitcoinNetwork) {
    this.#rpc = rpc;
    this.#network = network;
  }

  /**
   * @throws {ChainUnavailable} also while the node is still fetching the chain: what it doesn't know yet may have happened
   * @throws when it is a node of another network
   */
  async tipHeight(): Promise<number> {
    const info = await this.#rpc.call<{ chain: string; blocks: number; initialblockdownload?: boolean }>(
      'getblockchaininfo',
    );
    const { nodeChain } = this.#network;
    if (info.chain !== nodeChain)
      throw new Error(`the bitcoin node is on ${info.chain}, not on ${nodeChain}`);
    // A chain made for tests has no recent blocks to catch up with.
    if (info.initialblockdownload && nodeChain !== 'regtest') {
      throw new ChainUnavailable('bitcoin node: it is still fetching the chain');
    }
    return info.blocks;
  }

  async hashAt(height: number): Promise<string | undefined> {
    return this.#unlessRefused([INVALID_PARAMETER], () => this.#rpc.call<string>('getblockhash', [height]));
  }

  /** Undefined: there is none so high. */
  async blockAt(height: number): Promise<BlockAtHeight | undefined> {
    const hash = await this.hashAt(height);
    if (hash === undefined) return undefined;
    const raw = await this.#rpc.call<string>('getblock', [hash, 0]);
    return { ...readBlock(Buffer.from(raw, 'hex')), hash, height };
  }

  /** A block below the tip; undefined when a pruned node has thrown it away. */
  async keptBlockAt(height: number): Promise<BlockAtHeight | undefined> {
    return this.#unlessRefused([MISC_ERROR], async () => {
      const block = await this.blockAt(height);
      if (block === undefined) throw new ChainUnavailable('bitcoin node: its chain became shorter meanwhile');
      return block;
    });
  }

  /** What a transaction of a block gave to the miner. */
  async feeOf(txId: string, blockHash: string): Promise<bigint> {
    const { tx } = await this.#rpc.call<{ tx: { txid: string; fee?: number }[] }>('getblock', [blockHash, 2]);
    const fee = tx.find(({ txid }) => txid === txId)?.fee;
    if (fee === undefined)
      throw new ChainUnavailable('bitcoin node: it no longer knows the fee of a transaction');
    return satsFromBitcoins(fee);
  }

  async unspentOutputs(descriptor: string, lastIndex: number) {
    const scan = await this.#rpc
      .call<{
        success: boolean;
        height: number;
        bestblock: string;
        unspents: {
          txid: string;
          vout: number;
          scriptPubKey: string;
          amount: number;
          height: number;
          coinbase?: boolean;
        }[];
      }>('scantxoutset', ['start', [{ desc: descriptor, range: [0, lastIndex] }]], SCAN_TIMEOUT_MS)
      .catch((error) => {
        // One look at a time; another one of ours that timed out may still be going on.
        if (error instanceof NodeRefusal && error.code === INVALID_PARAMETER) {
          throw new ChainUnavailable(`bitcoin node: ${error.message}`, { cause: error });
        }
        throw error;
      });
    if (!scan.success) throw new ChainUnavailable('bitcoin node: looking for unspent outputs was broken off');
    return {
      height: scan.height,
      hash: scan.bestblock,
      outputs: scan.unspents.map(
        (found): UnspentOutput => ({
          txId: found.txid,
          output: found.vout,
          scriptHex: found.scriptPubKey,
          sats: satsFromBitcoins(found.amount),
          height: found.height,
          isCoinbase: found.coinbase ?? false,
        }),
      ),
    };
  }

  async isInMemoryPool(txId: string): Promise<boolean> {
    const entry = await this.#unlessRefused([INVALID_ADDRESS_OR_KEY], () =>
      this.#rpc.call<object>('getmempoolentry', [txId]),
    );
    return entry !== undefined;
  }

  /** Whether an output is there and nobody spends it, in the chain or in the memory pool. */
  async isUnspent(txId: string, output: number): Promise<boolean> {
    return (await this.#rpc.call<object | null>('gettxout', [txId, output, true])) !== null;
  }

  /** @throws {NodeRefusal} with the node's reason */
  async send(rawHex: string): Promise<void> {
    await this.#rpc.call('sendrawtransaction', [rawHex]);
  }

  /** Satoshis for each 1,000 virtual bytes; undefined while the node has seen too few transactions to say. */
  async estimatedFeeRate(blocks: number): Promise<bigint | undefined> {
    const { feerate } = await this.#rpc.call<{ feerate?: number }>('estimatesmartfee', [blocks]);
    return feerate === undefined ? undefined : satsFromBitcoins(feerate);
  }

  /** Satoshis for each 1,000 virtual bytes: the least that is let in, and by how much a replacement has to pay more. */
  async memoryPoolFeeRates(): Promise<{ least: bigint; increment: bigint }> {
    const info = await this.#rpc.call<{ mempoolminfee: number; incrementalrelayfee?: number }>(
      'getmempoolinfo',
    );
    return {
      least: satsFromBitcoins(info.mempoolminfee),
      // Bitcoin Core before version 24 doesn't say it; it was this.
      increment: satsFromBitcoins(info.incrementalrelayfee ?? 0.00001),
    };
  }

  async #unlessRefused<Value>(
    codes: readonly number[],
    ask: () => Promise<Value>,
  ): Promise<Value | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof NodeRefusal && codes.includes(error.code)) return undefined;
      throw error;
    }
  }
}
