import type { DatabasePool } from 'slonik';
import type { Exchange } from '../../actors/ports.ts';
import { sumSimulatedDeposits, sumUncredited } from '../../db/custody/chain-transfers.ts';
import { listLivePayments, type Payment } from '../../db/custody/payments.ts';
import { listWallets } from '../../db/wallets-read.ts';
import { formatDecimal } from '../../domain/money.ts';
import { EXTERNAL_ACCOUNT } from '../../domain/trade.ts';
import type { Chain } from '../chain.ts';
import type { CustodyLog } from '../custody-log.ts';
import { planOf } from '../payments/payment-sender.ts';
import type { AssetReconciliation, Reconciliation } from '../ports.ts';

export interface ReconcilerPorts {
  readonly pool: DatabasePool;
  readonly exchange: Pick<Exchange, 'catalog'>;
  readonly chains: readonly { readonly chain: Chain; addressNumbers(): readonly number[] }[];
  /** Whether operators may credit what came over no network. Where they may not, such a credit is a difference. */
  readonly simulatedDeposits: boolean;
  readonly log: CustodyLog;
  readonly now: () => number;
  /** Minor units by asset, when it was looked; 0 when all is explained. */
  onDifference(asset: string, units: number): void;
}

interface Sums {
  custodyMinor: bigint;
  ledgerMinor: bigint;
  uncreditedMinor: bigint;
  lostMinor: bigint;
  leftMinor: bigint;
  simulatedMinor: bigint;
}

/**
 * Holds what is under our addresses against what the ledger says is in our keeping. Chain and ledger can't be read at one
 * moment, so only a difference that two looks see alike is told.
 */
export class Reconciler {
  readonly #ports: ReconcilerPorts;
  #latest: Reconciliation | undefined;
  #seen = new Map<string, bigint>();

  constructor(ports: ReconcilerPorts) {
    this.#ports = ports;
  }

  get latest(): Reconciliation | undefined {
    return this.#latest;
  }

  /** @throws ChainUnavailable */
  async look(): Promise<Reconciliation> {
    const { log, now, onDifference } = this.#ports;
    const sums = await this.#sums();
    const seen = new Map<string, bigint>();
    const assets: AssetReconciliation[] = [];
    for (const { id, symbol, scale } of this.#ports.exchange.catalog().assets) {
      const sum = sums.get(id);
      if (sum === undefined) continue;
      const units = (minor: bigint) => formatDecimal(minor, scale);
      const difference =
        sum.custodyMinor +
        sum.leftMinor +
        sum.lostMinor +
        sum.simulatedMinor -
        sum.ledgerMinor -
        sum.uncreditedMinor;
      seen.set(symbol, difference);
      const isReal = difference !== 0n && this.#seen.get(symbol) === difference;
      onDifference(symbol, isReal ? Number(units(difference)) : 0);
      if (isReal && this.#latest?.assets.find(({ asset }) => asset === symbol)?.ok !== false)
        log.error(
          {
            asset: symbol,
            custody: units(sum.custodyMinor),
            ledger: units(sum.ledgerMinor),
            difference: units(difference),
          },
          'custody is not what the ledger says',
        );
      assets.push({
        asset: symbol,
        custody: units(sum.custodyMinor),
        ledger: units(sum.ledgerMinor),
        uncredited: units(sum.uncreditedMinor),
        leaving: units(sum.leftMinor),
        lost: units(sum.lostMinor),
        simulated: units(sum.simulatedMinor),
        difference: units(difference),
        ok: !isReal,
      });
    }
    this.#seen = seen;
    this.#latest = { atMs: now(), ok: assets.every(({ ok }) => ok), assets };
    return this.#latest;
  }

  async #sums(): Promise<ReadonlyMap<number, Sums>> {
    const { pool, exchange, chains, simulatedDeposits } = this.#ports;
    const sums = new Map<number, Sums>();
    const of = (assetId: number) => {
      const known = sums.get(assetId) ?? {
        custodyMinor: 0n,
        ledgerMinor: 0n,
        uncreditedMinor: 0n,
        lostMinor: 0n,
        leftMinor: 0n,
        simulatedMinor: 0n,
      };
      sums.set(assetId, known);
      return known;
    };
    const add = (symbol: string, what: 'custodyMinor' | 'leftMinor', minor: bigint) => {
      const asset = exchange.catalog().asset(symbol);
      if (asset !== undefined) of(asset.id)[what] += minor;
    };
    for (const { chain, addressNumbers } of chains) {
      for (const [symbol, minor] of await chain.balances(addressNumbers()))
        add(symbol, 'custodyMinor', minor);
      for (const payment of await listLivePayments(pool, chain.network)) {
        for (const [symbol, minor] of await takenIn(chain, payment)) add(symbol, 'leftMinor', minor);
      }
    }
    for (const { assetId, uncreditedMinor, lostMinor } of await sumUncredited(pool)) {
      of(assetId).uncreditedMinor += uncreditedMinor;
      of(assetId).lostMinor += lostMinor;
    }
    if (simulatedDeposits)
      for (const { assetId, simulatedMinor } of await sumSimulatedDeposits(pool))
        of(assetId).simulatedMinor += simulatedMinor;
    for (const { assetId, balanceMinor } of await listWallets(pool, EXTERNAL_ACCOUNT))
      of(assetId).ledgerMinor -= balanceMinor;
    return sums;
  }
}

/** What a payment has taken from our addresses and the ledger doesn't know of yet: it is not deep enough. */
async function takenIn(
  chain: Chain,
  payment: Payment,
): Promise<readonly (readonly [asset: string, minor: bigint])[]> {
  if (payment.txId === null) return [];
  const status = await chain.statusOf(payment.txId);
  if (status.type !== 'mined') return [];
  const fee = [chain.feeAsset, status.networkFeeMinor] as const;
  if (!status.succeeded || payment.withdrawalNo === null) return [fee];
  return [
    fee,
    ...chain.outputsOf(planOf(payment)).map(({ asset, amountMinor }) => [asset, amountMinor] as const),
  ];
}
