/**
 * Which connection an order belongs to. All commands of an order go the same way, so that a cancel comes after its
 * order and from its account.
 *
 * In file order, orders that came one after the other share a connection: its commands can be sent without waiting for
 * each other, and a wait is only needed where the next command belongs to another. As fast as possible, neighbours are
 * spread out.
 */
export function createRouting(connections: number, inOrder: boolean): (orderId: string) => number {
  const block = inOrder ? ORDERED_BLOCK : 1n;
  return (orderId) => {
    const key = /^\d+$/.test(orderId) ? (BigInt(orderId) / block).toString() : orderId;
    return fnv1a(key) % connections;
  };
}

/** Ids a block: in the recorded Bitstamp flow about 48 commands come in a row for one connection then. */
const ORDERED_BLOCK = 4096n;

/** FNV-1a, 32 bits, with a last mix: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
