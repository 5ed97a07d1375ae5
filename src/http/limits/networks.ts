import { isIPv6 } from 'node:net';

/**
 * What of an address is counted: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has one has all of
 * that network.
 */
export function countedAddress(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(ip)) return ip;
  const [head, tail] = ip.split('%', 1)[0]!.split('::') as [string, string | undefined];
  const groups = head === '' ? [] : head.split(':');
  // `::` stands for as many groups of zero as are missing.
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
