import { readFileSync } from 'node:fs';
import { validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { z } from 'zod';

/** On which networks the exchange is, as it was configured. */
export interface CustodyConfig {
  /** What the addresses and keys of the simulated network come from; undefined: it is not used. */
  readonly simulatedSecret: string | undefined;
  /** BIP-39 words: every address and key of the real networks comes from them. */
  readonly mnemonic?: string | undefined;
  readonly networks?: NetworksConfig | undefined;
}

const confirmations = z.int().min(1).max(1_000);
const assetSymbol = z.string().regex(/^[A-Z0-9]{1,16}$/);

const bitcoin = z.strictObject({
  rpcUrl: z.url({ protocol: /^https?$/ }),
  user: z.string().optional(),
  password: z.string().optional(),
  /** The file `.cookie` of Bitcoin Core, instead of user and password. */
  cookieFile: z.string().optional(),
  network: z.enum(['main', 'test', 'regtest']).default('main'),
  confirmations: confirmations.default(3),
  asset: assetSymbol.default('BTC'),
  floorSatsPerVbyte: z.int().min(1).default(1),
  capSatsPerVbyte: z.int().min(1).default(500),
});
const ethereum = z.strictObject({
  rpcUrl: z.url({ protocol: /^https?$/ }),
  chainId: z.int().min(1).default(1),
  confirmations: confirmations.default(12),
  asset: assetSymbol.default('ETH'),
  tokens: z
    .array(
      z.strictObject({
        asset: assetSymbol,
        contract: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
        decimals: z.int().min(0).max(36),
      }),
    )
    .default([]),
});
const networks = z.strictObject({ bitcoin: bitcoin.optional(), ethereum: ethereum.optional() });
export type NetworksConfig = z.output<typeof networks>;

/** What is wrong with the file, in a sentence for whoever starts the exchange. */
export class NetworksConfigError extends Error {
  override readonly name = 'NetworksConfigError';
}

/** Reads the networks from a JSON file. docs/custody.md has an example. @throws NetworksConfigError */
export function readNetworks(file: string): NetworksConfig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new NetworksConfigError(`${file} can’t be read: ${(error as Error).message}`);
  }
  const parsed = networks.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new NetworksConfigError(`${file}: ${issue!.path.join('.')}: ${issue!.message}`);
}

/** Whether these are words of BIP-39 with the right checksum. */
export function isMnemonic(words: string): boolean {
  return validateMnemonic(words, wordlist);
}
