import { Problem, UNREACHABLE } from '../../api/problem.ts';
import { post } from '../../api/request.ts';

const TRIES = 4;
const PAUSE_MS = 700;
/** After which nobody knows whether the order was taken. */
const UNKNOWN: ReadonlySet<string> = new Set(['outcome_unknown', UNREACHABLE, 'market_restarting']);

/** A name for an order that no other has. */
export function newClientOrderId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `web-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * Sends an order until it is known what became of it: the same clientOrderId again is the same order, and is never placed twice.
 * @throws {Problem}
 */
// biome-ignore lint/suspicious/noExplicitAny: an order or a list of them.
export async function place(path: string, body: object): Promise<any> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post(path, body);
    } catch (error) {
      if (!(error instanceof Problem) || !UNKNOWN.has(error.code) || attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
}
