import type { DatabasePool } from 'slonik';
import type { Exchange } from '../actors/ports.ts';
import {
  type AssetNetwork,
  addAssetNetwork,
  listAssetNetworks,
  setAssetNetwork,
} from '../db/custody/asset-networks.ts';
import type { Asset } from '../domain/asset.ts';
import { formatDecimal, parseDecimal } from '../domain/money.ts';
import { accept, type Result, refuse } from '../domain/rejection.ts';
import type { Chain } from './chain.ts';
import type { NetworkView, WayTerms, WayView } from './ports.ts';

/** An asset over a network, as it can be used now. */
export interface Way extends AssetNetwork {
  readonly asset: Asset;
  readonly chain: Chain;
}

/** What a new way begins with, in units of the asset; operators set others. */
const DEFAULTS: Readonly<
  Record<string, { readonly fee: string; readonly withdrawal: string; readonly deposit: string }>
> = Object.freeze({
  BTC: { fee: '0.0002', withdrawal: '0.001', deposit: '0.0001' },
  ETH: { fee: '0.002', withdrawal: '0.01', deposit: '0.001' },
  USDT: { fee: '2', withdrawal: '10', deposit: '1' },
});

/** The networks that the exchange is on, and which assets come and go over them. */
export class Networks {
  readonly #pool: DatabasePool;
  readonly #catalog: Exchange['catalog'];
  readonly #chains: ReadonlyMap<string, Chain>;
  #ways: readonly Way[] = [];

  constructor(pool: DatabasePool, catalog: Exchange['catalog'], chains: readonly Chain[]) {
    this.#pool = pool;
    this.#catalog = catalog;
    this.#chains = new Map(chains.map((chain) => [chain.network, chain]));
  }

  get chains(): readonly Chain[] {
    return [...this.#chains.values()];
  }

  /** Reads the ways as operators set them, and adds those of assets that have come since. */
  async refresh(): Promise<void> {
    for (const chain of this.#chains.values()) {
      for (const symbol of chain.assets) {
        const asset = this.#catalog().asset(symbol);
        const isKnown = this.#ways.some((way) => way.network === chain.network && way.assetId === asset?.id);
        if (asset !== undefined && !isKnown) await addAssetNetwork(this.#pool, newWay(asset, chain.network));
      }
    }
    const rows = await listAssetNetworks(this.#pool);
    this.#ways = rows.flatMap((row) => {
      const chain = this.#chains.get(row.network);
      const asset = this.#catalog().assetById(row.assetId);
      return chain === undefined || asset === undefined ? [] : [{ ...row, chain, asset }];
    });
  }

  /** @param network may be left out where the asset has one only */
  way(symbol: string, network?: string): Result<Way> {
    if (this.#catalog().asset(symbol) === undefined)
      return refuse('asset_not_found', 'There is no such asset.');
    const ways = this.#ways.filter(
      ({ asset, network: one }) => asset.symbol === symbol && (network ?? one) === one,
    );
    const [way] = ways;
    if (way === undefined) return refuse('network_not_found', 'The asset is not on this network.');
    if (ways.length > 1) return refuse('network_not_found', 'The asset is on several networks: name one.');
    return accept(way);
  }

  /** @returns also `invalid_amount` and `too_many_decimals`; nothing is changed then */
  async set(symbol: string, network: string, terms: WayTerms): Promise<Result<Way>> {
    const way = this.way(symbol, network);
    if (!way.ok) return way;
    const { asset, assetId } = way.value;
    const withdrawalFee = parseDecimal(terms.withdrawalFee, asset.scale);
    if (!withdrawalFee.ok) return withdrawalFee;
    const minWithdrawal = parseDecimal(terms.minWithdrawal, asset.scale);
    if (!minWithdrawal.ok) return minWithdrawal;
    const minDeposit = parseDecimal(terms.minDeposit, asset.scale);
    if (!minDeposit.ok) return minDeposit;
    if (minWithdrawal.value === 0n || minDeposit.value === 0n)
      return refuse('invalid_amount', 'The least amounts are more than 0.');
    const { deposits, withdrawals } = terms;
    await setAssetNetwork(this.#pool, {
      assetId,
      network,
      withdrawalFeeMinor: withdrawalFee.value,
      minWithdrawalMinor: minWithdrawal.value,
      minDepositMinor: minDeposit.value,
      deposits,
      withdrawals,
    });
    await this.refresh();
    return this.way(symbol, network);
  }

  wayOf(network: string, assetId: number): Way | undefined {
    return this.#ways.find((way) => way.network === network && way.assetId === assetId);
  }

  parseAddress(network: string, text: string): Result<string> {
    const chain = this.#chains.get(network);
    return chain === undefined
      ? refuse('network_not_found', 'There is no such network.')
      : chain.parseAddress(text);
  }

  views(): NetworkView[] {
    return this.chains.map(({ network, name, confirmations }) => ({
      network,
      name,
      confirmations,
      assets: this.#ways.filter((way) => way.network === network).map(viewWay),
    }));
  }
}

export function viewWay(way: Way): WayView {
  const { asset, network, deposits, withdrawals } = way;
  const units = (minor: bigint) => formatDecimal(minor, asset.scale);
  return {
    asset: asset.symbol,
    network,
    withdrawalFee: units(way.withdrawalFeeMinor),
    minWithdrawal: units(way.minWithdrawalMinor),
    minDeposit: units(way.minDepositMinor),
    deposits,
    withdrawals,
  };
}

function newWay({ id: assetId, symbol, scale }: Asset, network: string): AssetNetwork {
  const defaults = DEFAULTS[symbol];
  const minor = (text: string | undefined, otherwise: bigint) => {
    const parsed = text === undefined ? undefined : parseDecimal(text, scale);
    return parsed?.ok === true ? parsed.value : otherwise;
  };
  return {
    assetId,
    network,
    withdrawalFeeMinor: minor(defaults?.fee, 0n),
    minWithdrawalMinor: minor(defaults?.withdrawal, 1n),
    minDepositMinor: minor(defaults?.deposit, 1n),
    deposits: true,
    withdrawals: true,
  };
}
