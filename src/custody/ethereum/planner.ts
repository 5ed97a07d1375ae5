import { assert } from '../../domain/assert.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import { ChainUnavailable } from '../chain.ts';
import type { CarriedAsset, CarriedAssets } from './assets.ts';
import type { GasPrice, GasPrices } from './gas-prices.ts';
import type { Holdings, Sender } from './holdings.ts';
import { type EthereumNode, NodeRefusal } from './node.ts';
import { callOf, type Draft, type EthereumTransactions, type Move } from './transactions.ts';

/** What moving ether to somebody who is no contract takes, by the protocol. */
export const PLAIN_GAS = 21_000n;
/** What a transfer of a usual token takes, where it can't be tried. */
const USUAL_TOKEN_GAS = 65_000n;
/** What a transfer takes more when its receiver has emptied his account since it was tried. What isn't used costs nothing. */
const NEW_OWNER_GAS = 20_000n;

/** Decides with which nonce, for how much gas and at which price something is moved. */
export class EthereumPlanner {
  readonly #node: EthereumNode;
  readonly #assets: CarriedAssets;
  readonly #prices: GasPrices;
  readonly #holdings: Holdings;
  readonly #transactions: EthereumTransactions;
  readonly #mostGas: bigint;

  constructor(
    node: EthereumNode,
    assets: CarriedAssets,
    prices: GasPrices,
    holdings: Holdings,
    transactions: EthereumTransactions,
    mostGas: bigint,
  ) {
    this.#node = node;
    this.#assets = assets;
    this.#prices = prices;
    this.#holdings = holdings;
    this.#transactions = transactions;
    this.#mostGas = mostGas;
  }

  /** What it would cost now, in wei; where it can't be tried, what is usual. */
  async quote(move: Move, hotWallet: Sender['address']): Promise<bigint> {
    const [{ expectedPerGas }, gas] = await Promise.all([this.#prices.now(), this.estimate(move, hotWallet)]);
    const usual = move.asset.contract === null ? PLAIN_GAS : USUAL_TOKEN_GAS;
    return expectedPerGas * (gas.ok ? gas.value : usual);
  }

  /** @returns `custody_short`, or why the transfer would not be taken */
  async pay(move: Move, index: number, taken: ReadonlySet<string>): Promise<Result<Draft>> {
    const sender = await this.#holdings.sender(index, taken);
    // Asked before the gas, which can't be told of a transfer that isn't covered.
    if (sender.spendable(move.asset) < move.units) return short(move.asset);
    const [price, gas] = await Promise.all([this.#prices.now(), this.estimate(move, sender.address)]);
    if (!gas.ok) return gas;
    const nonce = this.#freeNonce(sender, taken);
    return this.#drafted(sender, move, { nonce, gas: gas.value, price });
  }

  /** The same once more, for more: the same nonce, so that only one of the two can be taken in. */
  async replace(move: Move, before: Draft, taken: ReadonlySet<string>): Promise<Result<Draft>> {
    const { asset, address, units } = this.#transactions.moveOf(before);
    const isSame = asset === move.asset && address === move.address && units === move.units;
    assert(isSame, 'a payment is replaced by one of the same');
    const price = await this.#prices.above(before);
    if (!price.ok) return price;
    const sender = await this.#holdings.sender(before.sender, taken, this.#transactions.slotOf(before));
    const { nonce, gas } = before;
    return this.#drafted(sender, move, { nonce, gas, price: price.value });
  }

  /** Gas of a move, tried on the newest block, with a quarter more where a contract decides how much it is. */
  async estimate(move: Move, sender: Sender['address']): Promise<Result<bigint>> {
    let gas: bigint;
    try {
      gas = await this.#node.call('gas', (client) =>
        client.estimateGas({ account: sender, blockTag: 'latest', ...callOf(move) }),
      );
    } catch (error) {
      if (!(error instanceof NodeRefusal)) throw error;
      if (!/revert|exceeds allowance/i.test(error.message))
        throw new ChainUnavailable(error.message, { cause: error });
      return move.asset.contract === null
        ? refuse('invalid_address', 'The contract at this address does not take ether.')
        : refuse('withdrawals_disabled', `The contract of ${move.asset.symbol} refuses the transfer now.`);
    }
    const spare = gas === PLAIN_GAS ? 0n : gas / 4n + (move.asset.contract === null ? 0n : NEW_OWNER_GAS);
    const limit = gas + spare;
    // The house pays for gas: a contract must not be able to burn any amount of it.
    if (limit > this.#mostGas)
      return refuse('invalid_address', 'The contract at this address takes more gas than is paid for.');
    return accept(limit);
  }

  #freeNonce({ index, nonce }: Sender, taken: ReadonlySet<string>): number {
    let free = nonce;
    while (taken.has(this.#transactions.slotOf({ sender: index, nonce: free }))) free += 1;
    return free;
  }

  #drafted(
    sender: Sender,
    move: Move,
    { nonce, gas, price }: { readonly nonce: number; readonly gas: bigint; readonly price: GasPrice },
  ): Result<Draft> {
    const { maxFeePerGas, maxPriorityFeePerGas } = price;
    const { native } = this.#assets;
    const costs = gas * maxFeePerGas + (move.asset === native ? move.units : 0n);
    if (sender.spendable(native) < costs) return short(native);
    if (move.asset !== native && sender.spendable(move.asset) < move.units) return short(move.asset);
    const draft = {
      sender: sender.index,
      nonce,
      gas,
      maxFeePerGas,
      maxPriorityFeePerGas,
      ...callOf(move),
    };
    return accept(draft);
  }
}

function short({ symbol }: CarriedAsset) {
  return refuse('custody_short', `The hot wallet has too little ${symbol} for it at the moment.`);
}
