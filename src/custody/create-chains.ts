import type { DatabasePool } from 'slonik';
import type { Exchange } from '../actors/ports.ts';
import { parseDecimal } from '../domain/money.ts';
import type { Chain } from './chain.ts';
import type { CustodyConfig } from './custody-config.ts';
import { createSimulatedChain } from './simulated/simulated-chain.ts';

/** So fast that nobody waits, so slow that one sees a deposit get deeper. */
const SIMULATED_BLOCK_MS = 2_000;
const SIMULATED_CONFIRMATIONS = 3;
const SIMULATED_FEE_ASSET = 'ETH';
const SIMULATED_FEE = '0.0001';

/** The networks that were configured. */
export async function createChains(
  config: CustodyConfig,
  {
    pool,
    catalog,
    now,
  }: { readonly pool: DatabasePool; readonly catalog: Exchange['catalog']; readonly now: () => number },
): Promise<readonly Chain[]> {
  const chains: Chain[] = [];
  if (config.simulatedSecret !== undefined) {
    const scale = catalog().asset(SIMULATED_FEE_ASSET)?.scale ?? 0;
    const fee = parseDecimal(SIMULATED_FEE, scale);
    chains.push(
      createSimulatedChain({
        pool,
        secret: config.simulatedSecret,
        assets: () => catalog().assets.map(({ symbol }) => symbol),
        feeAsset: SIMULATED_FEE_ASSET,
        feeMinor: fee.ok ? fee.value : 0n,
        confirmations: SIMULATED_CONFIRMATIONS,
        blockMs: SIMULATED_BLOCK_MS,
        now,
      }),
    );
  }
  return chains;
}
