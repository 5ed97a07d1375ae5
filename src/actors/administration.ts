import { type Asset, checkAsset } from '../domain/asset.ts';
import type { Catalog } from '../domain/catalog.ts';
import { defineFeeTiers, defineMarket, type FeeTierSpec, type MarketSpec } from '../domain/markets/market.ts';
import { type Refusal, refuse } from '../domain/rejection.ts';
import { type ActorRef, type ParentRef, spawnActor } from './actor.ts';
import type { Effect, Reply } from './effects.ts';

/** What operators change of the exchange itself. A market's status is the market's own affair. */
export type AdministrationMessage =
  | { readonly type: 'createAsset'; readonly spec: Omit<Asset, 'id'>; readonly replyTo: number }
  | { readonly type: 'createMarket'; readonly spec: MarketSpec; readonly replyTo: number }
  | {
      readonly type: 'setFees';
      readonly symbol: string;
      readonly tiers: readonly FeeTierSpec[];
      readonly replyTo: number;
    };

export interface AdministrationPorts {
  readonly clock: { now(): number };
  catalog(): Catalog;
  reply(replyTo: number, reply: Reply): void;
  /** Sends an effect to settlement and waits until it is committed; false when that isn't known in time. */
  settle(makeEffect: (replyTo: number) => Effect): Promise<boolean>;
  onError(error: unknown): void;
}

/** Spawns the actor that sets up assets, markets and fees, one after the other: each sees what the one before did. */
export function spawnAdministration(
  parent: ParentRef,
  ports: AdministrationPorts,
): ActorRef<AdministrationMessage> {
  async function createAsset(spec: Omit<Asset, 'id'>): Promise<Reply> {
    const checked = checkAsset(spec);
    if (!checked.ok) return refused(checked.refusal);
    if (ports.catalog().asset(spec.symbol) !== undefined) {
      return refused(refuse('asset_exists', 'There is an asset with this symbol.').refusal);
    }
    const { symbol, name, scale } = spec;
    const asset: Asset = { id: nextId(ports.catalog().assets), symbol, name, scale };
    return committed(
      await ports.settle((replyTo) => ({ type: 'assetEffect', atMs: ports.clock.now(), asset, replyTo })),
    );
  }

  async function createMarket(spec: MarketSpec): Promise<Reply> {
    const catalog = ports.catalog();
    const base = catalog.asset(spec.base);
    const quote = catalog.asset(spec.quote);
    if (base === undefined || quote === undefined) {
      return refused(refuse('asset_not_found', 'Base and quote must be assets of the exchange.').refusal);
    }
    if (catalog.market(spec.symbol) !== undefined) {
      return refused(refuse('market_exists', 'There is a market with this symbol.').refusal);
    }
    const market = defineMarket(nextId(catalog.markets), spec, base, quote);
    if (!market.ok) return refused(market.refusal);
    const done = await ports.settle((replyTo) => ({
      type: 'marketCreatedEffect',
      atMs: ports.clock.now(),
      market: market.value,
      spec,
      replyTo,
    }));
    return committed(done);
  }

  async function setFees(symbol: string, specs: readonly FeeTierSpec[]): Promise<Reply> {
    const market = ports.catalog().market(symbol);
    if (market === undefined) return refused(refuse('market_not_found', 'There is no such market.').refusal);
    const tiers = defineFeeTiers(specs, market.quote);
    if (!tiers.ok) return refused(tiers.refusal);
    const done = await ports.settle((replyTo) => ({
      type: 'feesEffect',
      atMs: ports.clock.now(),
      marketId: market.id,
      feeTiers: tiers.value,
      spec: specs,
      replyTo,
    }));
    return committed(done);
  }

  return spawnActor<AdministrationMessage>(
    parent,
    'administration',
    async (message) => {
      switch (message.type) {
        case 'createAsset':
          return ports.reply(message.replyTo, await createAsset(message.spec));
        case 'createMarket':
          return ports.reply(message.replyTo, await createMarket(message.spec));
        case 'setFees':
          return ports.reply(message.replyTo, await setFees(message.symbol, message.tiers));
      }
    },
    (_message, error) => ports.onError(error),
  );
}

function refused(refusal: Refusal): Reply {
  return { type: 'refused', refusal };
}

function committed(done: boolean): Reply {
  if (done) return { type: 'done' };
  return refused(
    refuse('outcome_unknown', 'The change may or may not be made; look before trying again.').refusal,
  );
}

function nextId(rows: readonly { readonly id: number }[]): number {
  return rows.reduce((most, row) => Math.max(most, row.id), 0) + 1;
}
