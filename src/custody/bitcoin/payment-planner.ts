import { assert } from '../../domain/assert.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import { type Coin, type OwnCoins, outpointOf } from './coins.ts';
import { type FeeRates, larger } from './fee-rates.ts';
import type { BitcoinNode } from './node.ts';
import { type BitcoinTransactions, dustSats, type Payee, type UnsignedTransaction } from './transactions.ts';

/** Enough for any payment that nodes still relay, and few enough to be chosen from without holding up orders. */
const MAX_CANDIDATES = 500;

/** What can be used only once: the output that a transaction spends. */
export function slotOf(coin: Pick<Coin, 'txId' | 'output'>): string {
  return `input:${outpointOf(coin)}`;
}

/** Decides which coins pay, and how much the miner gets. */
export class PaymentPlanner {
  readonly #node: BitcoinNode;
  readonly #coins: OwnCoins;
  readonly #feeRates: FeeRates;
  readonly #transactions: BitcoinTransactions;
  readonly #confirmations: number;

  constructor(
    node: BitcoinNode,
    coins: OwnCoins,
    feeRates: FeeRates,
    transactions: BitcoinTransactions,
    confirmations: number,
  ) {
    this.#node = node;
    this.#coins = coins;
    this.#feeRates = feeRates;
    this.#transactions = transactions;
    this.#confirmations = confirmations;
  }

  async pay(payee: Payee, taken: ReadonlySet<string>): Promise<Result<UnsignedTransaction>> {
    if (payee.sats < dustSats(payee.script)) {
      return refuse(
        'withdrawal_too_small',
        `Nodes pass on no payment below ${dustSats(payee.script)} satoshis.`,
      );
    }
    const rate = await this.#feeRates.now();
    let candidates = this.#spendable(taken);
    for (;;) {
      const built = this.#transactions.build(payee, candidates.slice(0, MAX_CANDIDATES), rate);
      if (built === undefined) return tooLittle();
      const gone = await this.#spentMeanwhile(built);
      if (gone.size === 0) return accept(built);
      candidates = candidates.filter((coin) => !gone.has(outpointOf(coin)));
    }
  }

  /**
   * The same payment out of the same coins, with as high a fee as BIP-125 asks of a replacement and the present rate; all that is more
   * comes out of the change.
   */
  async replace(payee: Payee, replacedPsbtHex: string): Promise<Result<UnsignedTransaction>> {
    const coins = this.#transactions.inputsOf(replacedPsbtHex);
    const replaced = this.#transactions.build(payee, [], 1n, coins);
    assert(replaced !== undefined, 'a plan that could be paid for can be paid for at the lowest rate');
    const replacedFeeSats = this.#transactions.feeOf(replacedPsbtHex);
    const [rate, increment] = await Promise.all([this.#feeRates.now(), this.#feeRates.increment()]);
    const atLeast = replacedFeeSats / replaced.virtualBytes + 1n + increment;
    if (atLeast > this.#feeRates.capSatsPerVbyte) {
      return refuse('custody_short', 'A higher fee than the highest that may be paid would be needed.');
    }
    const built = this.#transactions.build(payee, [], larger(rate, atLeast), coins);
    return built !== undefined && built.feeSats >= replacedFeeSats + increment * built.virtualBytes
      ? accept(built)
      : tooLittle();
  }

  /**
   * The largest first. Change of our own may be spent as soon as it is in a block; what others paid in as soon as it is final, for
   * they may yet pay it to somebody else.
   */
  #spendable(taken: ReadonlySet<string>): Coin[] {
    return this.#coins
      .all()
      .filter(({ index, height }) => index === 0 || this.#coins.height - height + 1 >= this.#confirmations)
      .filter((coin) => !taken.has(slotOf(coin)))
      .sort((one, other) => bySize(one, other) || (outpointOf(one) < outpointOf(other) ? -1 : 1));
  }

  /** Coins that something in the memory pool spends: it is not in the exchange's books, but the money goes. */
  async #spentMeanwhile({ inputs }: UnsignedTransaction): Promise<ReadonlySet<string>> {
    const unspent = await Promise.all(inputs.map(({ txId, output }) => this.#node.isUnspent(txId, output)));
    return new Set(inputs.filter((_, number) => !unspent[number]).map(outpointOf));
  }
}

function bySize(one: Coin, other: Coin): number {
  if (one.sats === other.sats) return 0;
  return one.sats > other.sats ? -1 : 1;
}

function tooLittle() {
  return refuse('custody_short', 'Too little is in the wallet of the exchange.');
}
