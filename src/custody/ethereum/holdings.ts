import type { Address, PublicClient } from 'viem';
import type { CarriedAsset, CarriedAssets } from './assets.ts';
import { ERC20, type EthereumNode } from './node.ts';
import type { Draft, EthereumTransactions } from './transactions.ts';
import type { EthereumWallet } from './wallet.ts';

/** What an address may spend, and the first nonce that the chain has not seen of it. */
export interface Sender {
  readonly index: number;
  readonly address: Address;
  readonly nonce: number;
  /** In units of the chain, by symbol, less what payments that are under way will take. */
  spendable(asset: CarriedAsset): bigint;
}

/** Addresses that are looked at in one go. */
const AT_ONCE = 100;

/** What is under addresses of ours, and what of it is promised already. */
export class Holdings {
  readonly #node: EthereumNode;
  readonly #assets: CarriedAssets;
  readonly #wallet: EthereumWallet;
  readonly #transactions: EthereumTransactions;
  /** Plans by slot. They are forgotten when the process ends; then what waits in the node's pool still counts. */
  readonly #planned = new Map<string, Draft>();

  constructor(
    node: EthereumNode,
    assets: CarriedAssets,
    wallet: EthereumWallet,
    transactions: EthereumTransactions,
  ) {
    this.#node = node;
    this.#assets = assets;
    this.#wallet = wallet;
    this.#transactions = transactions;
  }

  /** Remembers what a plan will take from its sender. */
  promise(draft: Draft): void {
    this.#planned.set(this.#transactions.slotOf(draft), draft);
  }

  /**
   * @param taken slots of payments under way
   * @param except a slot whose payment is about to be replaced, and so takes nothing more
   */
  async sender(index: number, taken: ReadonlySet<string>, except?: string): Promise<Sender> {
    const address = this.#wallet.addressOf(index);
    const blockNumber = await this.#node.tipHeight();
    const assets = [this.#assets.native, ...this.#assets.tokens];
    const [nonce, ...balances] = await this.#node.read('balances of a sender', (client) =>
      Promise.all([
        client.getTransactionCount({ address, blockNumber }),
        ...assets.map(async (asset) => {
          const latest = await balanceOf(client, asset, address, { blockNumber });
          // Its own payments that wait are in the pool; what others send may never come.
          const pending = await balanceOf(client, asset, address, { blockTag: 'pending' });
          return { asset, latest, pending };
        }),
      ]),
    );
    const promised = this.#promised(index, nonce, taken, except);
    return {
      index,
      address,
      nonce,
      spendable(asset) {
        const { latest, pending } = balances.find((one) => one.asset === asset)!;
        const free = latest - (promised.get(asset) ?? 0n);
        // The pool holds what is replaced as well, so that its view is of no use then.
        return except === undefined && pending < free ? pending : free;
      },
    };
  }

  /** Sums of what is under these addresses, by symbol, all as of one block. */
  async balances(indices: readonly number[]): Promise<ReadonlyMap<string, bigint>> {
    const sums = new Map(this.#assets.symbols.map((symbol) => [symbol, 0n]));
    for (const { asset, units } of await this.each(indices))
      sums.set(asset.symbol, sums.get(asset.symbol)! + asset.minorOf(units));
    return sums;
  }

  async each(
    indices: readonly number[],
  ): Promise<readonly { readonly index: number; readonly asset: CarriedAsset; readonly units: bigint }[]> {
    const blockNumber = await this.#node.tipHeight();
    const found: { index: number; asset: CarriedAsset; units: bigint }[] = [];
    for (let from = 0; from < indices.length; from += AT_ONCE) {
      const some = indices.slice(from, from + AT_ONCE);
      const asked = some.flatMap((index) =>
        [this.#assets.native, ...this.#assets.tokens].map((asset) => ({ index, asset })),
      );
      const balances = await this.#node.read('balances', (client) =>
        Promise.all(
          asked.map(async ({ index, asset }) => {
            const units = await balanceOf(client, asset, this.#wallet.addressOf(index), { blockNumber });
            return { index, asset, units };
          }),
        ),
      );
      found.push(...balances);
    }
    return found;
  }

  #promised(
    index: number,
    nonce: number,
    taken: ReadonlySet<string>,
    except: string | undefined,
  ): ReadonlyMap<CarriedAsset, bigint> {
    const promised = new Map<CarriedAsset, bigint>();
    const add = (asset: CarriedAsset, units: bigint) =>
      promised.set(asset, (promised.get(asset) ?? 0n) + units);
    for (const [slot, draft] of this.#planned) {
      if (!taken.has(slot)) this.#planned.delete(slot);
      else if (draft.sender === index && draft.nonce >= nonce && slot !== except) {
        const { asset, units } = this.#transactions.moveOf(draft);
        add(asset, units);
        add(this.#assets.native, draft.gas * draft.maxFeePerGas);
      }
    }
    return promised;
  }
}

type At = { readonly blockNumber: bigint } | { readonly blockTag: 'pending' };

function balanceOf(
  client: PublicClient,
  { contract }: CarriedAsset,
  address: Address,
  at: At,
): Promise<bigint> {
  return contract === null
    ? client.getBalance({ address, ...at })
    : client.readContract({
        address: contract,
        abi: ERC20,
        functionName: 'balanceOf',
        args: [address],
        ...at,
      });
}
