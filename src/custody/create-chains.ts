import type { DatabasePool } from 'slonik';
import type { Exchange } from '../actors/ports.ts';
import { lastAddressNo } from '../db/custody/deposit-addresses.ts';
import { parseDecimal } from '../domain/money.ts';
import { createBitcoinChain } from './bitcoin/bitcoin-chain.ts';
import { BITCOIN_NETWORKS } from './bitcoin/network.ts';
import type { Chain } from './chain.ts';
import { type CustodyConfig, type NetworksConfig, NetworksConfigError } from './custody-config.ts';
import { createEthereumChain } from './ethereum/ethereum-chain.ts';
import { createSimulatedChain } from './simulated/simulated-chain.ts';

/** So fast that nobody waits, so slow that one sees a deposit get deeper. */
const SIMULATED_BLOCK_MS = 2_000;
const SIMULATED_CONFIRMATIONS = 3;
const SIMULATED_FEE_ASSET = 'ETH';
const SIMULATED_FEE = '0.0001';

interface Surroundings {
  readonly pool: DatabasePool;
  readonly catalog: Exchange['catalog'];
  readonly now: () => number;
}

/** The networks that were configured. @throws NetworksConfigError when one carries an asset that the exchange doesn't have */
export async function createChains(
  { simulatedSecret, mnemonic, networks }: CustodyConfig,
  surroundings: Surroundings,
): Promise<readonly Chain[]> {
  const chains: Chain[] = [];
  if (networks?.bitcoin !== undefined)
    chains.push(await bitcoinChain(networks.bitcoin, mnemonic!, surroundings));
  if (networks?.ethereum !== undefined)
    chains.push(await ethereumChain(networks.ethereum, mnemonic!, surroundings));
  if (simulatedSecret !== undefined) chains.push(simulatedChain(simulatedSecret, surroundings));
  return chains;
}

function simulatedChain(secret: string, { pool, catalog, now }: Surroundings): Chain {
  const fee = parseDecimal(SIMULATED_FEE, catalog().asset(SIMULATED_FEE_ASSET)?.scale ?? 0);
  return createSimulatedChain({
    pool,
    secret,
    assets: () => catalog().assets.map(({ symbol }) => symbol),
    feeAsset: SIMULATED_FEE_ASSET,
    feeMinor: fee.ok ? fee.value : 0n,
    confirmations: SIMULATED_CONFIRMATIONS,
    blockMs: SIMULATED_BLOCK_MS,
    now,
  });
}

function bitcoinChain(
  config: NonNullable<NetworksConfig['bitcoin']>,
  mnemonic: string,
  { pool, catalog }: Surroundings,
): Promise<Chain> {
  const { user, password, cookieFile, floorSatsPerVbyte, capSatsPerVbyte, ...rest } = config;
  const { name } = BITCOIN_NETWORKS[config.network];
  return createBitcoinChain({
    ...rest,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(cookieFile === undefined ? {} : { cookieFile }),
    floorSatsPerVbyte: BigInt(floorSatsPerVbyte),
    capSatsPerVbyte: BigInt(capSatsPerVbyte),
    mnemonic,
    scale: scaleOf(config.asset, catalog),
    lastIndex: () => lastAddressNo(pool, name),
  });
}

function ethereumChain(
  { rpcUrl, chainId, confirmations, asset, tokens }: NonNullable<NetworksConfig['ethereum']>,
  mnemonic: string,
  { catalog }: Surroundings,
): Promise<Chain> {
  return createEthereumChain({
    rpcUrl,
    chainId,
    confirmations,
    mnemonic,
    native: { asset, scale: scaleOf(asset, catalog) },
    tokens: tokens.map((token) => ({
      ...token,
      contract: token.contract as `0x${string}`,
      scale: scaleOf(token.asset, catalog),
    })),
  });
}

function scaleOf(symbol: string, catalog: Exchange['catalog']): number {
  const asset = catalog().asset(symbol);
  if (asset === undefined)
    throw new NetworksConfigError(`the exchange has no asset ${symbol}: add it first (bourse asset add)`);
  return asset.scale;
}
