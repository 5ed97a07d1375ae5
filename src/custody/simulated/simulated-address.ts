import { createHash, createHmac } from 'node:crypto';
import { accept, type Result, refuse } from '../../domain/rejection.ts';

/** Addresses of the simulated network: `sim1`, 32 hexadecimal digits, and 8 by which a typing error shows. */

const ADDRESS = /^sim1([0-9a-f]{32})([0-9a-f]{8})$/;

/** @param secret of whoever the address belongs to; the same number always gives the same address */
export function simulatedAddress(secret: string, index: number): string {
  return withChecksum(createHmac('sha256', secret).update(`address ${index}`).digest('hex').slice(0, 32));
}

export function parseSimulatedAddress(text: string): Result<string> {
  const canonical = text.trim().toLowerCase();
  const match = ADDRESS.exec(canonical);
  if (match === null || withChecksum(match[1]!) !== canonical)
    return refuse('invalid_address', 'This is not an address of the simulated network.');
  return accept(canonical);
}

function withChecksum(body: string): string {
  return `sim1${body}${createHash('sha256').update(`sim1${body}`).digest('hex').slice(0, 8)}`;
}
