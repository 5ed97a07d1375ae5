import { type Address, getAddress } from 'viem';
import { assert } from '../../domain/assert.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import {
  type Chain,
  type ChainBlock,
  ChainUnavailable,
  type PaymentOrder,
  type PaymentOutput,
  type PaymentPlan,
  type PaymentStatus,
  type SignedPayment,
} from '../chain.ts';
import { ethereumUri, parseEthereumAddress } from './addresses.ts';
import { CarriedAssets, type NativeOptions, type TokenOptions } from './assets.ts';
import { EthereumBlocks } from './blocks.ts';
import { DEFAULT_MAX_FEE_PER_GAS, GasPrices } from './gas-prices.ts';
import { Holdings } from './holdings.ts';
import { EthereumNode, type NodeAccess } from './node.ts';
import { EthereumPlanner } from './planner.ts';
import { SentPayments } from './sent-payments.ts';
import { Sweeper } from './sweeper.ts';
import { type Draft, EthereumTransactions, type Move } from './transactions.ts';
import { EthereumWallet } from './wallet.ts';

export interface EthereumOptions extends NodeAccess {
  /** BIP-39 words of the wallet that the exchange pays from. */
  readonly mnemonic: string;
  readonly confirmations: number;
  readonly native: NativeOptions;
  readonly tokens: readonly TokenOptions[];
  readonly limits?: {
    /** Most that is bid for a unit of gas, in wei. Default: 500 gwei. */
    readonly maxFeePerGas?: bigint;
    /** Most gas that a payment may take. Default: 200,000. */
    readonly maxGas?: bigint;
    /** How often deposit addresses are looked at for what should be swept, while there is nothing. Default: 25 blocks. */
    readonly sweepEveryBlocks?: number;
  };
}

const DEFAULT_MAX_GAS = 200_000n;
const DEFAULT_SWEEP_EVERY_BLOCKS = 25;

/**
 * @throws when the options can't be right, or the node is of another chain or has other tokens; a node that doesn't answer is no
 * reason to: it is asked again before anything else is
 */
export async function createEthereumChain(options: EthereumOptions): Promise<Chain> {
  const assets = new CarriedAssets(options.native, options.tokens);
  const wallet = await EthereumWallet.of(options.mnemonic);
  const node = new EthereumNode(options, assets);
  await node.check().catch((error: unknown) => {
    if (!(error instanceof ChainUnavailable)) throw error;
  });
  return new EthereumChain(options, assets, wallet, node);
}

/** Ether and tokens of ERC-20, paid from one hot wallet, through an Ethereum node. */
class EthereumChain implements Chain {
  readonly network = 'ethereum';
  readonly name = 'Ethereum';
  readonly assets: readonly string[];
  readonly feeAsset: string;
  readonly confirmations: number;
  readonly #chainId: number;
  readonly #assets: CarriedAssets;
  readonly #wallet: EthereumWallet;
  readonly #node: EthereumNode;
  readonly #transactions: EthereumTransactions;
  readonly #blocks: EthereumBlocks;
  readonly #holdings: Holdings;
  readonly #planner: EthereumPlanner;
  readonly #sweeper: Sweeper;
  readonly #sent: SentPayments;

  constructor(options: EthereumOptions, assets: CarriedAssets, wallet: EthereumWallet, node: EthereumNode) {
    const { chainId, confirmations, limits = {} } = options;
    const { maxFeePerGas = DEFAULT_MAX_FEE_PER_GAS, maxGas = DEFAULT_MAX_GAS } = limits;
    const { sweepEveryBlocks = DEFAULT_SWEEP_EVERY_BLOCKS } = limits;
    this.assets = assets.symbols;
    this.feeAsset = assets.native.symbol;
    this.confirmations = confirmations;
    this.#chainId = chainId;
    this.#assets = assets;
    this.#wallet = wallet;
    this.#node = node;
    const prices = new GasPrices(node, maxFeePerGas);
    this.#transactions = new EthereumTransactions(assets, chainId, wallet);
    this.#blocks = new EthereumBlocks(node, assets);
    this.#holdings = new Holdings(node, assets, wallet, this.#transactions);
    this.#planner = new EthereumPlanner(node, assets, prices, this.#holdings, this.#transactions, maxGas);
    this.#sweeper = new Sweeper(
      assets,
      wallet,
      prices,
      this.#holdings,
      this.#planner,
      this.#transactions,
      sweepEveryBlocks,
    );
    this.#sent = new SentPayments(node, assets, this.#transactions);
  }

  async addressOf(index: number): Promise<string> {
    return this.#wallet.addressOf(index);
  }

  /** Also refuses where nobody who withdraws can mean to send to: contracts of tokens, and the hot wallet. */
  parseAddress(text: string): Result<Address> {
    const parsed = parseEthereumAddress(text);
    if (!parsed.ok) return parsed;
    if (this.#assets.byContract(parsed.value) !== undefined)
      return refuse('invalid_address', 'This is the contract of a token: what is sent there is lost.');
    if (parsed.value === this.#wallet.hotAddress)
      return refuse('invalid_address', 'This is the address of the exchange itself.');
    return parsed;
  }

  paymentUri(asset: string, address: string): string {
    return ethereumUri(this.#carried(asset), address, this.#chainId);
  }

  async tipHeight(): Promise<number> {
    return Number(await this.#node.tipHeight());
  }

  blockAt(height: number, isOurs: (address: string) => boolean): Promise<ChainBlock | undefined> {
    return this.#blocks.at(height, isOurs);
  }

  balances(indices: readonly number[]): Promise<ReadonlyMap<string, bigint>> {
    return this.#holdings.balances(indices);
  }

  async quoteFee(order: PaymentOrder): Promise<bigint> {
    const asset = this.#carried(order.asset);
    const units = asset.unitsOf(order.amountMinor);
    const move = { asset, address: getAddress(order.address), units: units.ok ? units.value : 0n };
    return this.#assets.native.minorOf(await this.#planner.quote(move, this.#wallet.hotAddress));
  }

  async plan(
    order: PaymentOrder,
    taken: ReadonlySet<string>,
    replaces?: PaymentPlan,
  ): Promise<Result<PaymentPlan>> {
    const move = this.#moveOf(order);
    if (!move.ok) return move;
    const draft =
      replaces === undefined
        ? await this.#planner.pay(move.value, 0, taken)
        : await this.#planner.replace(move.value, this.#transactions.read(replaces.unsigned), taken);
    return draft.ok ? accept(this.#planned(draft.value)) : draft;
  }

  outputsOf({ unsigned }: PaymentPlan): readonly PaymentOutput[] {
    const { asset, address, units } = this.#transactions.moveOf(this.#transactions.read(unsigned));
    return [{ asset: asset.symbol, address, amountMinor: asset.minorOf(units) }];
  }

  sign({ unsigned }: PaymentPlan): Promise<SignedPayment> {
    return this.#transactions.sign(unsigned);
  }

  broadcast(signed: SignedPayment): Promise<void> {
    return this.#sent.broadcast(signed);
  }

  statusOf(txId: string): Promise<PaymentStatus> {
    return this.#sent.statusOf(txId);
  }

  async consolidate(indices: readonly number[], taken: ReadonlySet<string>): Promise<readonly PaymentPlan[]> {
    const drafts = await this.#sweeper.plan(indices, taken, await this.tipHeight());
    return drafts.map((draft) => this.#planned(draft));
  }

  async close(): Promise<void> {
    this.#node.close();
  }

  #planned(draft: Draft): PaymentPlan {
    this.#holdings.promise(draft);
    return {
      network: this.network,
      slots: [this.#transactions.slotOf(draft)],
      unsigned: this.#transactions.write(draft),
      networkFeeMinor: this.#assets.native.minorOf(draft.gas * draft.maxFeePerGas),
    };
  }

  #moveOf({ asset: symbol, address, amountMinor }: PaymentOrder): Result<Move> {
    const asset = this.#carried(symbol);
    const parsed = this.parseAddress(address);
    if (!parsed.ok) return parsed;
    if (amountMinor <= 0n) return refuse('invalid_amount', 'The amount must be above zero.');
    const units = asset.unitsOf(amountMinor);
    return units.ok ? accept({ asset, address: parsed.value, units: units.value }) : units;
  }

  #carried(symbol: string) {
    const asset = this.#assets.bySymbol(symbol);
    assert(asset !== undefined, 'an adapter is asked about assets that it carries');
    return asset;
  }
}
