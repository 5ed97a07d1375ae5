import type { RawTransaction } from './block.ts';
import type { BitcoinNode, BlockAtHeight } from './node.ts';
import type { BitcoinWallet } from './wallet.ts';

/** An unspent output under an address of ours. */
export interface Coin {
  readonly txId: string;
  readonly output: number;
  /** Number of its address. */
  readonly index: number;
  readonly sats: bigint;
  readonly height: number;
}

/** A transaction that spent coins of ours and nobody else's. */
export interface OwnSpend {
  readonly height: number;
  readonly feeSats: bigint;
}

export interface BlockName {
  readonly height: number;
  readonly hash: string;
}

/** What a block did to us, to be undone when the chain leaves it. */
interface AppliedBlock extends BlockName {
  readonly created: readonly string[];
  readonly spent: readonly Coin[];
  readonly spends: readonly string[];
}

/** Reorganisations deeper than this are not undone block by block: everything is looked for again. */
const UNDO_BLOCKS = 100;

/** Length of the scripts of our addresses. */
const WITNESS_KEY_HASH_BYTES = 22;

export function outpointOf({ txId, output }: Pick<Coin, 'txId' | 'output'>): string {
  return `${txId}:${output}`;
}

/**
 * Our unspent outputs. One look through all unspent outputs of the node (`scantxoutset`) tells where they stand when they are first
 * asked for; from there each new block is read once, and undone when the chain leaves it. So neither a wallet nor an index is needed
 * in the node, and only the first question after a start takes long.
 *
 * Coins newly made by miners (coinbase outputs) are left out: they can't be spent for 100 blocks, and nobody pays with them.
 */
export class OwnCoins {
  readonly #node: BitcoinNode;
  readonly #wallet: BitcoinWallet;
  /** How many addresses beyond the last known one are looked for as well: each time they are used up a new look is due. */
  readonly #lookahead: number;

  #coins = new Map<string, Coin>();
  #spends = new Map<string, OwnSpend>();
  #applied: AppliedBlock[] = [];
  #start: BlockName | undefined;
  #tip: BlockName | undefined;
  #watchedIndex = -1;
  #neededIndex = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(node: BitcoinNode, wallet: BitcoinWallet, lookahead: number) {
    this.#node = node;
    this.#wallet = wallet;
    this.#lookahead = lookahead;
  }

  get height(): number {
    return this.#tip?.height ?? 0;
  }

  /** The block whose unspent outputs were looked through: what was spent up to it is not known here. */
  get start(): BlockName | undefined {
    return this.#start;
  }

  /** Says that an address has been given out. */
  need(index: number) {
    this.#neededIndex = Math.max(this.#neededIndex, index);
  }

  all(): Coin[] {
    return [...this.#coins.values()];
  }

  spendOf(txId: string): OwnSpend | undefined {
    return this.#spends.get(txId);
  }

  /** Catches up with the node. One after the other: two that read the same block would both apply it. */
  refresh(): Promise<void> {
    const turn = this.#turn.then(() => this.#catchUp());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #catchUp(): Promise<void> {
    const tipHeight = await this.#node.tipHeight();
    if (this.#tip === undefined || this.#neededIndex > this.#watchedIndex) await this.#lookThroughAll();
    while (!(await this.#isOnChain())) {
      if (!this.#undo()) await this.#lookThroughAll();
    }
    while (this.height < tipHeight) {
      const block = await this.#node.blockAt(this.height + 1);
      // The chain turned meanwhile; whoever asks next sees where to.
      if (block === undefined || block.parentHash !== this.#tip?.hash) return this.#catchUp();
      this.#apply(block);
    }
  }

  async #isOnChain(): Promise<boolean> {
    return this.#tip !== undefined && (await this.#node.hashAt(this.#tip.height)) === this.#tip.hash;
  }

  async #lookThroughAll() {
    const lastIndex = this.#neededIndex + this.#lookahead;
    await this.#wallet.deriveUpTo(lastIndex);
    const { height, hash, outputs } = await this.#node.unspentOutputs(this.#wallet.descriptor, lastIndex);
    const coins = outputs.flatMap(({ isCoinbase, scriptHex, ...output }) => {
      const index = this.#wallet.indexOfScript(scriptHex);
      return isCoinbase || index === undefined ? [] : [{ ...output, index }];
    });
    this.#coins = new Map(coins.map((coin) => [outpointOf(coin), coin]));
    this.#spends = new Map();
    this.#applied = [];
    this.#start = { height, hash };
    this.#tip = this.#start;
    this.#watchedIndex = lastIndex;
  }

  #apply({ height, hash, transactions }: BlockAtHeight) {
    const created: string[] = [];
    const spent: Coin[] = [];
    const spends: string[] = [];
    for (const transaction of transactions) {
      const coins = this.#coinsSpentBy(transaction);
      if (coins.length > 0) {
        for (const coin of coins) this.#coins.delete(outpointOf(coin));
        spent.push(...coins);
        if (coins.length === transaction.spends.length) {
          const feeSats = totalSats(coins) - totalSats(transaction.outputs);
          this.#spends.set(transaction.txId(), { height, feeSats });
          spends.push(transaction.txId());
        }
      }
      for (const coin of this.#coinsMadeBy(transaction, height)) {
        this.#coins.set(outpointOf(coin), coin);
        created.push(outpointOf(coin));
      }
    }
    this.#applied.push({ height, hash, created, spent, spends });
    if (this.#applied.length > UNDO_BLOCKS) this.#applied.shift();
    this.#tip = { height, hash };
  }

  #coinsSpentBy(transaction: RawTransaction): Coin[] {
    return transaction.spends.flatMap((outpoint) => this.#coins.get(outpoint) ?? []);
  }

  #coinsMadeBy(transaction: RawTransaction, height: number): Coin[] {
    if (transaction.isCoinbase) return [];
    return transaction.outputs.flatMap(({ script, sats }, output) => {
      const index =
        script.length === WITNESS_KEY_HASH_BYTES
          ? this.#wallet.indexOfScript(script.toString('hex'))
          : undefined;
      return index === undefined || index > this.#watchedIndex
        ? []
        : [{ txId: transaction.txId(), output, index, sats, height }];
    });
  }

  /** False when it isn't known what was before. */
  #undo(): boolean {
    const block = this.#applied.pop();
    if (block === undefined) return false;
    // What a block made and spent itself is in both lists, and is gone after it is undone.
    for (const coin of block.spent) this.#coins.set(outpointOf(coin), coin);
    for (const outpoint of block.created) this.#coins.delete(outpoint);
    for (const txId of block.spends) this.#spends.delete(txId);
    const before = this.#applied.at(-1) ?? this.#start;
    if (before?.height !== block.height - 1) return false;
    this.#tip = { height: before.height, hash: before.hash };
    return true;
  }
}

export function totalSats(amounts: readonly { readonly sats: bigint }[]): bigint {
  return amounts.reduce((total, { sats }) => total + sats, 0n);
}
