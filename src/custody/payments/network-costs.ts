import type { Exchange } from '../../actors/ports.ts';
import type { NetworkCost } from '../../domain/withdrawals/withdrawal.ts';
import type { Chain } from '../chain.ts';

/** What a network took, as the ledger takes it. @param feeMinor in minor units of the network's fee asset */
export function networkCostsOf(
  { feeAsset }: Chain,
  { catalog }: Pick<Exchange, 'catalog'>,
  feeMinor: bigint,
): NetworkCost[] {
  const asset = catalog().asset(feeAsset);
  return asset === undefined || feeMinor === 0n
    ? []
    : [{ assetId: asset.id, amountMinor: feeMinor.toString() }];
}
