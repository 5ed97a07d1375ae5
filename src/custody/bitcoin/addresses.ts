import { bech32 } from '@scure/base';
import { Address, OutScript } from '@scure/btc-signer';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import type { BitcoinNetwork } from './network.ts';

/** Script of what an address of this network stands for. Only for addresses that `parseBitcoinAddress` has written. */
export function scriptOfAddress(address: string, network: BitcoinNetwork): Uint8Array {
  const decoded = Address(network.prefixes).decode(address);
  return OutScript.encode(decoded as Parameters<typeof OutScript.encode>[0]);
}

/** P2PKH, P2SH, P2WPKH, P2WSH and P2TR of one network; bech32 in lower case, whichever way it was typed (BIP-173). */
export function parseBitcoinAddress(text: string, network: BitcoinNetwork): Result<string> {
  const address = text === text.toUpperCase() ? lowerIfBech32(text, network) : text;
  try {
    const decoded = Address(network.prefixes).decode(address);
    if (KINDS.has(decoded.type) && encodedAgain(decoded, network) === address) return accept(address);
  } catch {
    // Not an address, or one of another network: both are refused the same way.
  }
  return refuse('invalid_address', `This is not an address of ${network.title}.`);
}

const KINDS: ReadonlySet<string> = new Set(['pkh', 'sh', 'wpkh', 'wsh', 'tr']);

function lowerIfBech32(text: string, network: BitcoinNetwork): string {
  const lower = text.toLowerCase();
  return lower.startsWith(`${network.prefixes.bech32}1`) ? lower : text;
}

function encodedAgain(decoded: ReturnType<ReturnType<typeof Address>['decode']>, network: BitcoinNetwork) {
  return Address(network.prefixes).encode(decoded as Parameters<ReturnType<typeof Address>['encode']>[0]);
}

const WITNESS_VERSION_0 = 0;

/** The address of a script of the kind that ours are; undefined for all others. */
export function addressOfKeyHash(script: Buffer, network: BitcoinNetwork): string | undefined {
  const isKeyHash = script.length === 22 && script[0] === WITNESS_VERSION_0 && script[1] === 20;
  if (!isKeyHash) return undefined;
  return bech32.encode(network.prefixes.bech32, [WITNESS_VERSION_0, ...bech32.toWords(script.subarray(2))]);
}
