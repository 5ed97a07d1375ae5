import { HDKey } from '@scure/bip32';
import { mnemonicToSeed, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { type Address, bytesToHex } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';

/** Keys and addresses of the exchange: `m/44'/60'/0'/0/index` of BIP-44. Number 0 is the hot wallet. */
export class EthereumWallet {
  readonly #secret: HDKey;
  readonly #addresses: Address[] = [];

  private constructor(secret: HDKey) {
    this.#secret = secret;
  }

  /** @throws when the words are no mnemonic of BIP-39 */
  static async of(mnemonic: string): Promise<EthereumWallet> {
    if (!validateMnemonic(mnemonic, wordlist))
      throw new Error('the mnemonic of the Ethereum wallet is none of BIP-39');
    const master = HDKey.fromMasterSeed(await mnemonicToSeed(mnemonic));
    return new EthereumWallet(master.derive("m/44'/60'/0'/0"));
  }

  get hotAddress(): Address {
    return this.addressOf(0);
  }

  addressOf(index: number): Address {
    const known = this.#addresses[index];
    if (known !== undefined) return known;
    const address = this.account(index).address;
    this.#addresses[index] = address;
    return address;
  }

  /** With its secret key: not to be kept longer than it takes to sign. */
  account(index: number): PrivateKeyAccount {
    return privateKeyToAccount(bytesToHex(this.#secret.deriveChild(index).privateKey!));
  }
}
