import { NETWORK, TEST_NETWORK } from '@scure/btc-signer';

export type BitcoinNetworkName = 'main' | 'test' | 'regtest';

/** What tells one Bitcoin network from another. */
export interface BitcoinNetwork {
  /** Name in the ledger, part of what approvers sign. */
  readonly name: string;
  readonly title: string;
  /** What the node answers as `chain`. */
  readonly nodeChain: string;
  /** Prefixes of its addresses. */
  readonly prefixes: { bech32: string; pubKeyHash: number; scriptHash: number; wif: number };
  /** The second level of BIP-44: 0 for bitcoins, 1 for all that are worth nothing. */
  readonly coinType: 0 | 1;
  /** Version bytes of extended keys: xprv/xpub, tprv/tpub. */
  readonly keyVersions: { private: number; public: number };
}

const TEST_KEY_VERSIONS = { private: 0x04358394, public: 0x043587cf };

export const BITCOIN_NETWORKS: Readonly<Record<BitcoinNetworkName, BitcoinNetwork>> = Object.freeze({
  main: {
    name: 'bitcoin',
    title: 'Bitcoin',
    nodeChain: 'main',
    prefixes: NETWORK,
    coinType: 0,
    keyVersions: { private: 0x0488ade4, public: 0x0488b21e },
  },
  test: {
    name: 'bitcoin-test',
    title: 'Bitcoin testnet',
    nodeChain: 'test',
    prefixes: TEST_NETWORK,
    coinType: 1,
    keyVersions: TEST_KEY_VERSIONS,
  },
  regtest: {
    name: 'bitcoin-regtest',
    title: 'Bitcoin regtest',
    nodeChain: 'regtest',
    prefixes: { ...TEST_NETWORK, bech32: 'bcrt' },
    coinType: 1,
    keyVersions: TEST_KEY_VERSIONS,
  },
});
