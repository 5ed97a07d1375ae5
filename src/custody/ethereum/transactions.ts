import {
  type Address,
  encodeFunctionData,
  getAddress,
  type Hex,
  hexToBigInt,
  keccak256,
  parseTransaction,
  serializeTransaction,
  toFunctionSelector,
} from 'viem';
import { assert } from '../../domain/assert.ts';
import type { SignedPayment } from '../chain.ts';
import type { CarriedAsset, CarriedAssets } from './assets.ts';
import { ERC20 } from './node.ts';
import type { EthereumWallet } from './wallet.ts';

/** A transaction of ours before it is signed: type 2 of EIP-1559. Prices are wei for a unit of gas. */
export interface Draft {
  /** Number of the address that it is sent from. */
  readonly sender: number;
  readonly nonce: number;
  readonly gas: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly to: Address;
  /** In wei. */
  readonly value: bigint;
  readonly data: Hex;
}

/** What a transaction moves, in the chain's units. */
export interface Move {
  readonly asset: CarriedAsset;
  readonly address: Address;
  readonly units: bigint;
}

const TRANSFER = toFunctionSelector('transfer(address,uint256)');

/** Where a move is sent, and with what. */
export function callOf({ asset, address, units }: Move): Pick<Draft, 'to' | 'value' | 'data'> {
  return asset.contract === null
    ? { to: address, value: units, data: '0x' }
    : { to: asset.contract, value: 0n, data: transferData(address, units) };
}

function transferData(address: Address, units: bigint): Hex {
  return encodeFunctionData({ abi: ERC20, functionName: 'transfer', args: [address, units] });
}

/** Writes, reads and signs transactions of the exchange. */
export class EthereumTransactions {
  readonly #assets: CarriedAssets;
  readonly #chainId: number;
  readonly #wallet: EthereumWallet;

  constructor(assets: CarriedAssets, chainId: number, wallet: EthereumWallet) {
    this.#assets = assets;
    this.#chainId = chainId;
    this.#wallet = wallet;
  }

  slotOf({ sender, nonce }: Pick<Draft, 'sender' | 'nonce'>): string {
    return `nonce:${this.#wallet.addressOf(sender)}:${nonce}`;
  }

  /** The number of the sender, which an unsigned transaction doesn't say, and the bytes that are signed. */
  write({ sender, data, ...rest }: Draft): string {
    const fields = data === '0x' ? rest : { ...rest, data };
    return `${sender}:${serializeTransaction({ type: 'eip1559', chainId: this.#chainId, ...fields })}`;
  }

  /** @throws AssertionFailed for what `write` can't have written */
  read(unsigned: string): Draft {
    const [sender = '', bytes = ''] = unsigned.split(':');
    assert(/^\d{1,9}$/.test(sender) && /^0x02[0-9a-f]+$/.test(bytes), 'a plan holds an unsigned transaction');
    const parsed = parseTransaction(bytes as `0x02${string}`);
    const { chainId, nonce = 0, gas = 0n, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parsed;
    assert(chainId === this.#chainId && parsed.to != null, 'a planned transaction is for this chain');
    const { to, value = 0n, data = '0x' } = parsed;
    const draft = {
      sender: Number(sender),
      nonce,
      gas,
      maxFeePerGas,
      maxPriorityFeePerGas,
      to: getAddress(to),
      value,
      data,
    };
    // Access lists, a signature, other ways to write a number: nothing is signed that was not read.
    assert(this.write(draft) === unsigned, 'a planned transaction says no more than what is read of it');
    return draft;
  }

  /** @throws AssertionFailed when it does anything but move an asset of ours to one address */
  moveOf({ to, value, data }: Pick<Draft, 'to' | 'value' | 'data'>): Move {
    if (data === '0x') {
      assert(this.#assets.byContract(to) === undefined, 'nothing is paid to a contract of a token');
      return { asset: this.#assets.native, address: to, units: value };
    }
    const move = this.transferOf({ to, data });
    assert(move !== undefined && value === 0n, 'a planned transaction moves an asset of ours');
    return move;
  }

  /** The transfer that a call asks for, if it is just that, of a contract of ours. */
  transferOf({ to, data }: Pick<Draft, 'to' | 'data'>): Move | undefined {
    const asset = this.#assets.byContract(to);
    if (asset === undefined || data.length !== 2 + 2 * 68 || !data.startsWith(TRANSFER)) return undefined;
    const address = getAddress(`0x${data.slice(34, 74)}`);
    const units = hexToBigInt(`0x${data.slice(74)}`);
    return transferData(address, units) === data ? { asset, address, units } : undefined;
  }

  /** By RFC 6979, so that the same plan always gives the same bytes. */
  async sign(unsigned: string): Promise<SignedPayment> {
    const draft = this.read(unsigned);
    // What nobody could have compared with an order is not signed either.
    this.moveOf(draft);
    const { sender, data, ...rest } = draft;
    const fields = data === '0x' ? rest : { ...rest, data };
    const account = this.#wallet.account(sender);
    const raw = await account.signTransaction({ type: 'eip1559', chainId: this.#chainId, ...fields });
    return { txId: keccak256(raw), raw };
  }
}
