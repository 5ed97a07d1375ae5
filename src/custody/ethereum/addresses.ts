import { type Address, checksumAddress } from 'viem';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import type { CarriedAsset } from './assets.ts';

const ADDRESS = /^0x([0-9a-fA-F]{40})$/;
/** The zero address and those kept for the protocol's own contracts: nobody has a key of them. */
const LAST_RESERVED = 0xffffn;

/**
 * An address as EIP-55 writes it. Capital and small letters are its checksum, so that whoever mixes them must have them right;
 * all small or all capital ones say nothing.
 */
export function parseEthereumAddress(text: string): Result<Address> {
  const digits = ADDRESS.exec(text)?.[1];
  if (digits === undefined) return refuse('invalid_address', 'This is not an Ethereum address.');
  const address = checksumAddress(`0x${digits.toLowerCase()}`);
  const isMixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  if (isMixed && address !== text)
    return refuse('invalid_address', 'Capital and small letters do not fit: the address has a typing error.');
  if (BigInt(address) <= LAST_RESERVED)
    return refuse('invalid_address', 'Nobody has a key of this address: what is sent there is lost.');
  return accept(address);
}

/** EIP-681. */
export function ethereumUri({ contract }: CarriedAsset, address: string, chainId: number): string {
  return contract === null
    ? `ethereum:${address}@${chainId}`
    : `ethereum:${contract}@${chainId}/transfer?address=${address}`;
}
