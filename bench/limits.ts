import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Claims } from '../src/http/auth/tokens.ts';
import { createMemoryCounters } from '../src/http/limits/counters.ts';
import { isExceeded, RequestLimits } from '../src/http/limits/request-limits.ts';
import { alternate } from './harness/alternate.ts';
import type { BenchOptions } from './harness/bench.ts';
import { compared, type Figure } from './harness/figure.ts';
import { mulberry32 } from './harness/mulberry32.ts';
import { median } from './harness/statistics.ts';

/** What counting a request for its address, account and key costs, beside the same three counts of a limiter that is awaited. */

const REQUESTS = 200_000;
const CLIENTS = 10_000;
const ROUNDS = 5;
const POINTS = 1_000_000_000;
const LIMITS = Object.freeze({
  addressPoints: POINTS,
  accountPoints: POINTS,
  keyPoints: POINTS,
  unfilledOrders: POINTS,
  unfilledOrdersADay: POINTS,
  socketsOfAddress: POINTS,
});

export async function run({ log }: BenchOptions): Promise<Figure[]> {
  const clients = Array.from({ length: CLIENTS }, (_, index) => ({
    ip: `198.51.${index >> 8}.${index & 255}`,
    claims: claimsOf(index),
  }));
  const random = mulberry32(1);
  const requests = Array.from({ length: REQUESTS }, () => clients[Math.floor(random() * CLIENTS)]!);
  const limits = new RequestLimits(LIMITS, createMemoryCounters(), Date.now);
  const limiters = ['address', 'account', 'key'].map(
    (keyPrefix) => new RateLimiterMemory({ keyPrefix, points: POINTS, duration: 60 }),
  );

  const ours = () =>
    perRequestNs(async () => {
      for (const { ip, claims } of requests) {
        const standings = [limits.takeOfAddress(ip, 1), ...limits.takeOfCaller(claims, 1)];
        if (standings.some((standing) => isExceeded(standing, false))) throw new Error('refused');
      }
    });
  const awaited = () =>
    perRequestNs(async () => {
      for (const { ip, claims } of requests) {
        await limiters[0]!.consume(ip);
        await limiters[1]!.consume(claims.accountId);
        await limiters[2]!.consume(claims.sessionId);
      }
    });
  const { counted, library } = await alternate({ counted: ours, library: awaited }, ROUNDS);
  log(`${CLIENTS} clients, ${REQUESTS} requests a round`);
  return [
    compared(
      { name: 'limits of a request', value: median(counted), unit: 'ns' },
      'rate-limiter-flexible in memory, awaited',
      median(library),
    ),
  ];
}

async function perRequestNs(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return ((performance.now() - startedAt) * 1e6) / REQUESTS;
}

function claimsOf(index: number): Claims {
  return {
    userId: index,
    accountId: index,
    role: 'customer',
    sessionId: `key:bk_${index}`,
    scopes: ['trade'],
    expiresAtMs: Number.MAX_SAFE_INTEGER,
  };
}
