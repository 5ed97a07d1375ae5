import { assert } from '../../domain/assert.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import type {
  Chain,
  ChainBlock,
  PaymentOrder,
  PaymentOutput,
  PaymentPlan,
  PaymentStatus,
  SignedPayment,
} from '../chain.ts';
import { addressOfKeyHash, parseBitcoinAddress, scriptOfAddress } from './addresses.ts';
import { Broadcast } from './broadcast.ts';
import { OwnCoins, totalSats } from './coins.ts';
import { type FeeRateBounds, FeeRates } from './fee-rates.ts';
import { BITCOIN_NETWORKS, type BitcoinNetwork, type BitcoinNetworkName } from './network.ts';
import { BitcoinNode } from './node.ts';
import { type NodeAccess, NodeRpc } from './node-rpc.ts';
import { PaymentPlanner, slotOf } from './payment-planner.ts';
import { SatsInLedger } from './sats.ts';
import { SentPayments } from './sent-payments.ts';
import { BitcoinTransactions, typicalVirtualBytes } from './transactions.ts';
import { BitcoinWallet } from './wallet.ts';

export interface BitcoinOptions extends NodeAccess, FeeRateBounds {
  readonly network: BitcoinNetworkName;
  /** BIP-39 words of the wallet that the exchange pays from. */
  readonly mnemonic: string;
  readonly confirmations: number;
  /** Symbol of the ledger's asset. */
  readonly asset: string;
  /** How many decimals the ledger's asset has: 8 or more. */
  readonly scale: number;
  /** The highest number of an address that was ever given out; without it, they are learnt as they are asked for. */
  readonly lastIndex?: () => Promise<number>;
  /** How many addresses beyond the last are looked for as well. */
  readonly lookahead?: number;
  /** How far back blocks are read for a transaction that was sent before the exchange was started. */
  readonly lookbackBlocks?: number;
}

const LOOKAHEAD = 1000;
/** Two weeks. */
const LOOKBACK_BLOCKS = 2016;

/** @throws when the options can't be right; a node that doesn't answer is no reason to. */
export async function createBitcoinChain(options: BitcoinOptions): Promise<Chain> {
  const network = BITCOIN_NETWORKS[options.network];
  return new BitcoinChain(options, network, await BitcoinWallet.of(options.mnemonic, network));
}

/** Bitcoins, on addresses of the exchange's own wallet, through a node of Bitcoin Core or one that speaks as it does. */
class BitcoinChain implements Chain {
  readonly network: string;
  readonly name: string;
  readonly assets: readonly string[];
  readonly feeAsset: string;
  readonly confirmations: number;
  readonly #network: BitcoinNetwork;
  readonly #wallet: BitcoinWallet;
  readonly #rpc: NodeRpc;
  readonly #node: BitcoinNode;
  readonly #coins: OwnCoins;
  readonly #feeRates: FeeRates;
  readonly #transactions: BitcoinTransactions;
  readonly #planner: PaymentPlanner;
  readonly #sent: SentPayments;
  readonly #broadcast: Broadcast;
  readonly #ledger: SatsInLedger;
  readonly #lastIndex: (() => Promise<number>) | undefined;

  constructor(options: BitcoinOptions, network: BitcoinNetwork, wallet: BitcoinWallet) {
    const { asset, confirmations, scale, lookahead, lookbackBlocks, lastIndex } = options;
    assert(confirmations >= 1, 'a payment is final in a block, not before');
    this.network = network.name;
    this.name = network.title;
    this.assets = [asset];
    this.feeAsset = asset;
    this.confirmations = confirmations;
    this.#network = network;
    this.#wallet = wallet;
    this.#ledger = new SatsInLedger(scale);
    this.#lastIndex = lastIndex;
    this.#rpc = new NodeRpc(options);
    this.#node = new BitcoinNode(this.#rpc, network);
    this.#coins = new OwnCoins(this.#node, wallet, lookahead ?? LOOKAHEAD);
    this.#feeRates = new FeeRates(this.#node, options);
    this.#transactions = new BitcoinTransactions(wallet, network);
    this.#planner = new PaymentPlanner(
      this.#node,
      this.#coins,
      this.#feeRates,
      this.#transactions,
      confirmations,
    );
    this.#sent = new SentPayments(this.#node, this.#coins, lookbackBlocks ?? LOOKBACK_BLOCKS);
    this.#broadcast = new Broadcast(this.#node, this.#coins, this.#sent, confirmations);
  }

  async addressOf(index: number): Promise<string> {
    this.#coins.need(index);
    return this.#wallet.addressOf(index);
  }

  parseAddress(text: string): Result<string> {
    return parseBitcoinAddress(text, this.#network);
  }

  paymentUri(asset: string, address: string): string {
    this.#assertCarries(asset);
    return `bitcoin:${address}`;
  }

  tipHeight(): Promise<number> {
    return this.#node.tipHeight();
  }

  async blockAt(height: number, isOurs: (address: string) => boolean): Promise<ChainBlock | undefined> {
    const block = await this.#node.blockAt(height);
    if (block === undefined) return undefined;
    const transfers = block.transactions.flatMap((transaction) => {
      // What a miner pays to one of our addresses can't be spent for 100 blocks: it is no deposit.
      if (transaction.isCoinbase) return [];
      return transaction.outputs.flatMap(({ script, sats }, outputIndex) => {
        const address = addressOfKeyHash(script, this.#network);
        if (address === undefined || !isOurs(address)) return [];
        const amountMinor = this.#ledger.minorOf(sats);
        return [{ txId: transaction.txId(), outputIndex, asset: this.feeAsset, address, amountMinor }];
      });
    });
    return { height, hash: block.hash, parentHash: block.parentHash, transfers };
  }

  async balances(indices: readonly number[]): Promise<ReadonlyMap<string, bigint>> {
    this.#need(indices);
    await this.#refreshCoins();
    const asked = new Set(indices);
    const sats = totalSats(this.#coins.all().filter(({ index }) => asked.has(index)));
    return new Map([[this.feeAsset, this.#ledger.minorOf(sats)]]);
  }

  /** For two coins and change: which coins it will be is only known when it is planned. */
  async quoteFee(order: PaymentOrder): Promise<bigint> {
    this.#assertCarries(order.asset);
    const script = scriptOfAddress(order.address, this.#network);
    const rate = await this.#feeRates.now();
    return this.#ledger.minorOf(rate * typicalVirtualBytes(script, 2));
  }

  async plan(
    order: PaymentOrder,
    taken: ReadonlySet<string>,
    replaces?: PaymentPlan,
  ): Promise<Result<PaymentPlan>> {
    this.#assertCarries(order.asset);
    const parsed = this.parseAddress(order.address);
    if (!parsed.ok) return parsed;
    if (parsed.value === this.#wallet.addressOf(0)) {
      return refuse('invalid_address', 'This is the address of the exchange itself.');
    }
    const sats = this.#ledger.satsOf(order.amountMinor);
    if (!sats.ok) return sats;
    if (replaces !== undefined) {
      const [pays, ...others] = this.outputsOf(replaces);
      const isSame = pays?.address === parsed.value && pays.amountMinor === order.amountMinor;
      assert(isSame && others.length === 0, 'a replacement pays what the replaced plan paid');
    }
    const payee = { script: scriptOfAddress(parsed.value, this.#network), sats: sats.value };
    if (replaces === undefined) await this.#refreshCoins();
    const built =
      replaces === undefined
        ? await this.#planner.pay(payee, taken)
        : await this.#planner.replace(payee, replaces.unsigned);
    if (!built.ok) return built;
    const { inputs, psbtHex, feeSats } = built.value;
    return accept({
      network: this.network,
      slots: inputs.map(slotOf),
      unsigned: psbtHex,
      networkFeeMinor: this.#ledger.minorOf(feeSats),
    });
  }

  outputsOf({ unsigned }: PaymentPlan): readonly PaymentOutput[] {
    return this.#transactions.outputsOf(unsigned).map(({ address, sats }) => ({
      asset: this.feeAsset,
      address,
      amountMinor: this.#ledger.minorOf(sats),
    }));
  }

  async sign({ unsigned }: PaymentPlan): Promise<SignedPayment> {
    const { txId, rawHex } = this.#transactions.sign(unsigned);
    return { txId, raw: rawHex };
  }

  broadcast(signed: SignedPayment): Promise<void> {
    return this.#broadcast.send(signed);
  }

  statusOf(txId: string): Promise<PaymentStatus> {
    return this.#sent.statusOf(txId, (sats) => this.#ledger.minorOf(sats));
  }

  /** Nothing to do: coins can be paid from wherever they lie. */
  async consolidate(indices: readonly number[]): Promise<readonly PaymentPlan[]> {
    this.#need(indices);
    return [];
  }

  async close(): Promise<void> {
    this.#rpc.close();
  }

  #need(indices: readonly number[]) {
    for (const index of indices) this.#coins.need(index);
  }

  async #refreshCoins() {
    if (this.#lastIndex) this.#coins.need(await this.#lastIndex());
    await this.#coins.refresh();
  }

  #assertCarries(asset: string) {
    assert(asset === this.feeAsset, 'an adapter is asked about assets that it carries');
  }
}
