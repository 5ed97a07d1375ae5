import { getAddress, type Hash } from 'viem';
import type { ChainBlock, ChainTransfer } from '../chain.ts';
import { ChainUnavailable } from '../chain.ts';
import type { CarriedAssets } from './assets.ts';
import { ERC20, type EthereumNode, NodeRefusal, orUndefined } from './node.ts';

/** Stands for a transaction's own value where others have the number of their log entry. */
const OWN_VALUE = -1;

type IsOurs = (address: string) => boolean;

/** What blocks pay to addresses of ours: ether that transactions send themselves, and tokens by what their contracts log. */
export class EthereumBlocks {
  readonly #node: EthereumNode;
  readonly #assets: CarriedAssets;

  constructor(node: EthereumNode, assets: CarriedAssets) {
    this.#node = node;
    this.#assets = assets;
  }

  /** Undefined also when the block is replaced by another while it is read. */
  async at(height: number, isOurs: IsOurs): Promise<ChainBlock | undefined> {
    const block = await this.#node.read('block', (client) =>
      orUndefined(client.getBlock({ blockNumber: BigInt(height), includeTransactions: true })),
    );
    if (block === undefined) return undefined;
    const paying = block.transactions.filter(
      ({ to, value }) => to !== null && value > 0n && isOurs(getAddress(to)),
    );
    const [tokens, native] = await Promise.all([
      this.#tokens(block.hash, height, isOurs),
      Promise.all(
        paying.map(({ hash, to, value }) => this.#native(hash, block.hash, getAddress(to!), value)),
      ),
    ]);
    if (tokens === 'replaced' || native.includes('replaced')) return undefined;
    const transfers = [...native, ...tokens].filter(
      (transfer) => transfer !== undefined && transfer !== 'replaced',
    );
    return { height, hash: block.hash, parentHash: block.parentHash, transfers };
  }

  /** Undefined: it failed, and the ether stayed where it was. */
  async #native(
    hash: Hash,
    blockHash: Hash,
    address: string,
    wei: bigint,
  ): Promise<ChainTransfer | 'replaced' | undefined> {
    const receipt = await this.#node.read('receipt', (client) =>
      orUndefined(client.getTransactionReceipt({ hash })),
    );
    if (receipt?.blockHash !== blockHash) return 'replaced';
    if (receipt.status !== 'success') return undefined;
    const { native } = this.#assets;
    return {
      txId: hash,
      outputIndex: OWN_VALUE,
      asset: native.symbol,
      address,
      amountMinor: native.minorOf(wei),
    };
  }

  async #tokens(blockHash: Hash, height: number, isOurs: IsOurs): Promise<ChainTransfer[] | 'replaced'> {
    const address = [...this.#assets.contracts];
    if (address.length === 0) return [];
    const [event] = ERC20;
    let logs: Awaited<ReturnType<typeof read>>;
    const read = () =>
      this.#node.call('logs', (client) => client.getLogs({ blockHash, address, event, strict: true }));
    try {
      logs = await read();
    } catch (error) {
      if (!(error instanceof NodeRefusal)) throw error;
      if (await this.#isReplaced(blockHash, height)) return 'replaced';
      throw new ChainUnavailable(error.message, { cause: error });
    }
    return logs.flatMap(({ address: contract, args, logIndex, transactionHash, removed }) => {
      const asset = this.#assets.byContract(contract);
      if (removed || asset === undefined || args.value === 0n || !isOurs(args.to)) return [];
      const amountMinor = asset.minorOf(args.value);
      return [
        { txId: transactionHash, outputIndex: logIndex, asset: asset.symbol, address: args.to, amountMinor },
      ];
    });
  }

  async #isReplaced(hash: Hash, height: number): Promise<boolean> {
    const block = await this.#node.read('block', (client) =>
      orUndefined(client.getBlock({ blockNumber: BigInt(height) })),
    );
    return block?.hash !== hash;
  }
}
