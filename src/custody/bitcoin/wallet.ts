import { hex } from '@scure/base';
import { HDKey } from '@scure/bip32';
import { mnemonicToSeed, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { p2wpkh } from '@scure/btc-signer';
import { assert } from '../../domain/assert.ts';
import type { BitcoinNetwork } from './network.ts';

const HARDENED = 0x80000000;

/** Where a key lies in the tree, as PSBTs name it (BIP-32's fingerprint of the master key, and the path). */
export interface KeyOrigin {
  readonly fingerprint: number;
  readonly path: number[];
}

interface OwnKey {
  readonly publicKey: Uint8Array;
  readonly script: Uint8Array;
  readonly address: string;
}

/**
 * The exchange's keys and addresses: native segwit by BIP-84, `m/84'/coin'/0'/0/index`. Number 0 also takes the change, so that
 * every output of ours is found under one row of numbers.
 */
export class BitcoinWallet {
  readonly #network: BitcoinNetwork;
  readonly #fingerprint: number;
  readonly #path: readonly number[];
  readonly #secret: HDKey;
  readonly #public: HDKey;
  readonly #accountKey: string;
  readonly #keys: OwnKey[] = [];
  readonly #indexOfScript = new Map<string, number>();

  private constructor(network: BitcoinNetwork, master: HDKey) {
    const account = master.derive(`m/84'/${network.coinType}'/0'`);
    this.#network = network;
    this.#fingerprint = master.fingerprint;
    this.#path = [HARDENED + 84, HARDENED + network.coinType, HARDENED, 0];
    this.#secret = account.deriveChild(0);
    this.#public = HDKey.fromExtendedKey(this.#secret.publicExtendedKey, network.keyVersions);
    this.#accountKey = account.publicExtendedKey;
  }

  /** @throws when the words are no mnemonic of BIP-39 */
  static async of(mnemonic: string, network: BitcoinNetwork): Promise<BitcoinWallet> {
    if (!validateMnemonic(mnemonic, wordlist))
      throw new Error('the mnemonic of the bitcoin wallet is none of BIP-39');
    const seed = await mnemonicToSeed(mnemonic);
    return new BitcoinWallet(network, HDKey.fromMasterSeed(seed, network.keyVersions));
  }

  /** All addresses at once, as Bitcoin Core reads them (BIP-380); nothing secret in it. */
  get descriptor(): string {
    return `wpkh(${this.#accountKey}/0/*)`;
  }

  addressOf(index: number): string {
    return this.#key(index).address;
  }

  scriptOf(index: number): Uint8Array {
    return this.#key(index).script;
  }

  publicKeyOf(index: number): Uint8Array {
    return this.#key(index).publicKey;
  }

  privateKeyOf(index: number): Uint8Array {
    const key = this.#secret.deriveChild(index).privateKey;
    assert(key !== null, 'a derived key has its private part');
    return key;
  }

  originOf(index: number): KeyOrigin {
    return { fingerprint: this.#fingerprint, path: [...this.#path, index] };
  }

  /** The number that a path of ours ends with; undefined for keys of somebody else. */
  indexOfOrigin({ fingerprint, path }: KeyOrigin): number | undefined {
    const ours =
      fingerprint === this.#fingerprint &&
      path.length === this.#path.length + 1 &&
      this.#path.every((step, level) => path[level] === step);
    return ours ? path.at(-1) : undefined;
  }

  /** Among the numbers that were derived already. */
  indexOfScript(scriptHex: string): number | undefined {
    return this.#indexOfScript.get(scriptHex);
  }

  /** Derives all up to a number, some at a time: a thousand take more than a second, and orders are waiting. */
  async deriveUpTo(index: number) {
    const perTurn = 5;
    while (this.#keys.length <= index) {
      this.#key(Math.min(index, this.#keys.length + perTurn - 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #key(index: number): OwnKey {
    assert(
      Number.isInteger(index) && index >= 0 && index < HARDENED,
      'the number of an address is a BIP-32 index',
    );
    // One further than what is derived is the usual case; a far one is derived by itself, without those between.
    if (index > this.#keys.length + 100) return this.#derive(index);
    while (this.#keys.length <= index) {
      const key = this.#derive(this.#keys.length);
      this.#indexOfScript.set(hex.encode(key.script), this.#keys.length);
      this.#keys.push(key);
    }
    return this.#keys[index]!;
  }

  #derive(index: number): OwnKey {
    const { publicKey } = this.#public.deriveChild(index);
    assert(publicKey !== null, 'a derived key has its public part');
    const { script, address } = p2wpkh(publicKey, this.#network.prefixes);
    assert(address !== undefined, 'a witness program has an address');
    return { publicKey, script, address };
  }
}
