import { hex } from '@scure/base';
import { Address, OutScript, SigHash, selectUTXO, Transaction } from '@scure/btc-signer';
import { assert } from '../../domain/assert.ts';
import { type Coin, totalSats } from './coins.ts';
import type { BitcoinNetwork } from './network.ts';
import type { BitcoinWallet } from './wallet.ts';

/** BIP-125: below the two highest numbers the sender may replace it. */
const REPLACEABLE = 0xfffffffd;

/** What the outputs of a transaction would have to cost to be spent at this rate, or nodes take them for dust and drop it. */
const DUST_SATS_PER_VBYTE = 3n;

/** An unsigned transaction, as a PSBT (BIP-174). */
export interface UnsignedTransaction {
  readonly psbtHex: string;
  readonly inputs: readonly SpentCoin[];
  readonly feeSats: bigint;
  /** As long as it may get when it is signed. */
  readonly virtualBytes: bigint;
}

export type SpentCoin = Pick<Coin, 'txId' | 'output' | 'index' | 'sats'>;

export interface Payee {
  readonly script: Uint8Array;
  readonly sats: bigint;
}

/** Builds, reads and signs the exchange's transactions. Asks nobody: what it is given decides what comes out. */
export class BitcoinTransactions {
  readonly #wallet: BitcoinWallet;
  readonly #network: BitcoinNetwork;

  constructor(wallet: BitcoinWallet, network: BitcoinNetwork) {
    this.#wallet = wallet;
    this.#network = network;
  }

  /**
   * Pays out of some of the coins: those that fit with hardly any change, else the largest first. What is over goes back to address 0
   * unless it is too little to be worth an output; then the miner has it. Inputs and outputs in the order of BIP-69.
   * @param required coins that are spent in any case
   * @returns undefined when they are not enough
   */
  build(
    payee: Payee,
    coins: readonly SpentCoin[],
    satsPerVbyte: bigint,
    required: readonly SpentCoin[] = [],
  ): UnsignedTransaction | undefined {
    const selection = selectUTXO(
      coins.map((coin) => this.#inputOf(coin)),
      [{ script: payee.script, amount: payee.sats }],
      'exactBiggest/accumBiggest',
      {
        feePerByte: satsPerVbyte,
        changeAddress: this.#wallet.addressOf(0),
        network: this.#network.prefixes,
        requiredInputs: required.map((coin) => this.#inputOf(coin)),
        dustRelayFeeRate: DUST_SATS_PER_VBYTE,
      },
    );
    if (selection?.tx === undefined) return undefined;
    const feeSats = this.#feeOf(selection.tx);
    assert(feeSats === selection.fee, 'the fee is what the outputs leave of the inputs');
    return {
      psbtHex: hex.encode(selection.tx.toPSBT(0)),
      inputs: this.#inputsOf(selection.tx),
      feeSats,
      virtualBytes: virtualBytes(selection.weight),
    };
  }

  /** What it pays, change to address 0 left out. */
  outputsOf(psbtHex: string): readonly { readonly address: string; readonly sats: bigint }[] {
    const change = hex.encode(this.#wallet.scriptOf(0));
    return this.#rawOutputsOf(this.#read(psbtHex))
      .filter(({ script }) => hex.encode(script) !== change)
      .map(({ script, sats }) => ({ address: this.#addressOf(script), sats }));
  }

  inputsOf(psbtHex: string): readonly SpentCoin[] {
    return this.#inputsOf(this.#read(psbtHex));
  }

  feeOf(psbtHex: string): bigint {
    return this.#feeOf(this.#read(psbtHex));
  }

  /** Signatures are those of RFC 6979: the same transaction is signed with the same bytes each time. */
  sign(psbtHex: string): { txId: string; rawHex: string } {
    const transaction = this.#read(psbtHex);
    for (const [input, { index }] of this.#inputsOf(transaction).entries()) {
      transaction.signIdx(this.#wallet.privateKeyOf(index), input, [SigHash.ALL]);
    }
    transaction.finalize();
    return { txId: transaction.id, rawHex: transaction.hex };
  }

  #read(psbtHex: string): Transaction {
    return Transaction.fromPSBT(hex.decode(psbtHex));
  }

  #feeOf(transaction: Transaction): bigint {
    return totalSats(this.#inputsOf(transaction)) - totalSats(this.#rawOutputsOf(transaction));
  }

  #inputOf({ txId, output, index, sats }: SpentCoin) {
    return {
      txid: hex.decode(txId),
      index: output,
      sequence: REPLACEABLE,
      witnessUtxo: { script: this.#wallet.scriptOf(index), amount: sats },
      bip32Derivation: [[this.#wallet.publicKeyOf(index), this.#wallet.originOf(index)]] as [
        Uint8Array,
        { fingerprint: number; path: number[] },
      ][],
    };
  }

  #inputsOf(transaction: Transaction): SpentCoin[] {
    return Array.from({ length: transaction.inputsLength }, (_, number) => {
      const { txid, index: output, witnessUtxo, bip32Derivation } = transaction.getInput(number);
      const origin = bip32Derivation?.[0]?.[1];
      const index = origin && this.#wallet.indexOfOrigin(origin);
      assert(
        txid !== undefined && output !== undefined && witnessUtxo !== undefined && index !== undefined,
        'a transaction of ours spends coins of ours',
      );
      assert(
        hex.encode(witnessUtxo.script) === hex.encode(this.#wallet.scriptOf(index)),
        'a coin lies under the address that its path leads to',
      );
      return { txId: hex.encode(txid), output, index, sats: witnessUtxo.amount };
    });
  }

  #rawOutputsOf(transaction: Transaction): { script: Uint8Array; sats: bigint }[] {
    return Array.from({ length: transaction.outputsLength }, (_, number) => {
      const { script, amount } = transaction.getOutput(number);
      assert(script !== undefined && amount !== undefined, 'an output has a script and an amount');
      return { script, sats: amount };
    });
  }

  /** What pays to no address is shown as its script: it equals no address that somebody approved. */
  #addressOf(script: Uint8Array): string {
    try {
      return Address(this.#network.prefixes).encode(OutScript.decode(script));
    } catch {
      return `script:${hex.encode(script)}`;
    }
  }
}

/** What the smallest output to a script is that nodes relay (Bitcoin Core's `GetDustThreshold`). */
export function dustSats(script: Uint8Array): bigint {
  const isWitness =
    script.length >= 4 && script[1] === script.length - 2 && (script[0] === 0 || script[0]! >= 0x51);
  const outputBytes = 8 + 1 + script.length;
  const spendingBytes = isWitness ? 32 + 4 + 1 + Math.floor(107 / 4) + 4 : 32 + 4 + 1 + 107 + 4;
  return BigInt(outputBytes + spendingBytes) * DUST_SATS_PER_VBYTE;
}

/** A payment out of a number of coins with change, as long as it may get. */
export function typicalVirtualBytes(payeeScript: Uint8Array, coins: number): bigint {
  const nonWitness = 4 + 1 + 41 * coins + 1 + (8 + 1 + payeeScript.length) + 31 + 4;
  const witness = 2 + 108 * coins;
  return virtualBytes(4 * nonWitness + witness);
}

function virtualBytes(weight: number): bigint {
  return BigInt(Math.ceil(weight / 4));
}
