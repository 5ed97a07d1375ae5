import type { ExecutionContext } from 'ava';
import type { Chain } from '../../src/custody/chain.ts';
import type { Custody } from '../../src/custody/ports.ts';
import {
  createSimulatedChain,
  type SimulatedChain,
  type SimulatedChainOptions,
} from '../../src/custody/simulated/simulated-chain.ts';
import { type CustodyOptions, type RunningCustody, startCustody } from '../../src/custody/start-custody.ts';
import { accept, refuse } from '../../src/domain/rejection.ts';
import type { TestExchange } from './exchange.ts';

export const quietLog = { info() {}, warn() {}, error() {} };

export interface TestCustody {
  readonly custody: RunningCustody;
  readonly chain: SimulatedChain;
  /** What was logged as an error. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

export function simulatedChain(
  { pool }: Pick<TestExchange, 'pool'>,
  change: Partial<SimulatedChainOptions> = {},
): SimulatedChain {
  return createSimulatedChain({
    pool,
    secret: 'a secret of the simulated network',
    assets: () => ['BTC', 'ETH', 'USD', 'USDT'],
    feeAsset: 'ETH',
    feeMinor: 1_000n,
    confirmations: 3,
    blockMs: null,
    now: Date.now,
    ...change,
  });
}

/** Custody of an exchange on a simulated network that makes blocks only when it is told to. */
export async function startTestCustody(
  t: ExecutionContext,
  started: Pick<TestExchange, 'pool' | 'exchange'>,
  change: Partial<CustodyOptions> & { readonly wrapChain?: (chain: SimulatedChain) => Chain } = {},
): Promise<TestCustody> {
  const { wrapChain = (one) => one, ...options } = change;
  const chain = simulatedChain(started);
  if ((await chain.tipHeight()) < 0) await chain.mine();
  return { ...(await startCustodyOn(t, started, wrapChain(chain), { lookMs: 10, ...options })), chain };
}

/** Custody of an exchange on one network, which approves everything unless it is told otherwise. */
export async function startCustodyOn(
  t: ExecutionContext,
  { pool, exchange }: Pick<TestExchange, 'pool' | 'exchange'>,
  chain: Chain,
  change: Partial<CustodyOptions> = {},
): Promise<Omit<TestCustody, 'chain'>> {
  const errors: string[] = [];
  const custody = await startCustody({
    pool,
    exchange,
    chains: [chain],
    checkApprovals: async () => accept(undefined),
    log: { ...quietLog, error: (_fields: object, message: string) => errors.push(message) },
    now: Date.now,
    lookMs: 20,
    reconcileMs: 60_000,
    ...change,
  });
  await until(async () => custody.depth(chain.network) !== undefined);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= custody.stop();
    return stopped;
  };
  t.teardown(stop);
  return { custody, errors, stop };
}

/** Waits for what custody does by itself. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** For whoever has nothing to do with custody: no network, and none can be reached. */
export const NO_CUSTODY: Custody = Object.freeze({
  networks: async () => [],
  way: async () => refuse('network_not_found', 'The asset is not on this network.'),
  setWay: async () => refuse('network_not_found', 'The asset is not on this network.'),
  parseAddress: () => refuse('network_not_found', 'There is no such network.'),
  depositAddress: async () => refuse('network_not_found', 'The asset is not on this network.'),
  depth: () => undefined,
  reconciliation: () => undefined,
});
