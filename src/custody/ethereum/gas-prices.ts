import { accept, type Result, refuse } from '../../domain/rejection.ts';
import type { EthereumNode } from './node.ts';

/** Prices of EIP-1559, in wei for a unit of gas. */
export interface GasPrice {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

export interface GasNow extends GasPrice {
  /** What would be paid in the next block. */
  readonly expectedPerGas: bigint;
}

const GWEI = 1_000_000_000n;
/** So much at most is bid unless the operators say otherwise. */
export const DEFAULT_MAX_FEE_PER_GAS = 500n * GWEI;

export class GasPrices {
  readonly #node: EthereumNode;
  readonly #mostPerGas: bigint;

  constructor(node: EthereumNode, mostPerGas: bigint) {
    this.#node = node;
    this.#mostPerGas = mostPerGas;
  }

  /** Enough for six full blocks in a row, each of which may raise the base fee by an eighth; at most the limit. */
  async now(): Promise<GasNow> {
    const [block, tip] = await Promise.all([
      this.#node.read('latest block', (client) => client.getBlock()),
      this.#node.read('priority fee', (client) => client.estimateMaxPriorityFeePerGas()),
    ]);
    const base = block.baseFeePerGas;
    if (base === null) throw new Error('the chain has no base fee: it is older than EIP-1559');
    const maxFeePerGas = least(2n * base + tip, this.#mostPerGas);
    return {
      maxFeePerGas,
      maxPriorityFeePerGas: least(tip, maxFeePerGas),
      expectedPerGas: least(base + tip, maxFeePerGas),
    };
  }

  /** What a node takes instead of another: both prices are an eighth higher, or what is bid now where that is more. */
  async above(before: GasPrice): Promise<Result<GasPrice>> {
    const now = await this.now();
    const maxFeePerGas = most(raised(before.maxFeePerGas), now.maxFeePerGas);
    const maxPriorityFeePerGas = most(raised(before.maxPriorityFeePerGas), now.maxPriorityFeePerGas);
    if (maxFeePerGas > this.#mostPerGas)
      return refuse('withdrawals_disabled', 'A higher fee would be above the limit of what is paid for gas.');
    return accept({ maxFeePerGas, maxPriorityFeePerGas });
  }
}

/** At least 12.5 %, which is what the strictest nodes ask for. */
function raised(price: bigint): bigint {
  return price + price / 8n + 1n;
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
