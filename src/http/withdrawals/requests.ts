import type { DatabasePool } from 'slonik';
import type { Exchange, RequestWithdrawal as ToDesk } from '../../actors/ports.ts';
import type { Custody } from '../../custody/ports.ts';
import { hasSecondFactor } from '../../db/factors.ts';
import { type ListedAddress, listAddresses, mayWithdrawToListedOnly } from '../../db/withdrawal-addresses.ts';
import { findWithdrawalObstacles } from '../../db/withdrawal-holds.ts';
import { findRiskFlags } from '../../db/withdrawal-risk.ts';
import { parseDecimal } from '../../domain/money.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import { isoTime } from '../../domain/views.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { unitValueOf } from './unit-value.ts';

/** What somebody asks for. */
export interface WithdrawalWish {
  readonly asset: string;
  readonly network?: string | undefined;
  readonly address?: string | undefined;
  readonly addressId?: string | undefined;
  readonly amount: string;
  readonly clientWithdrawalId?: string | undefined;
}

export interface WithdrawalRequests {
  /**
   * Asks for a withdrawal, once it is clear that its owner may.
   * @param listedOnly whether it may go to an address of the book only, whatever its owner has set
   * @returns `no_second_factor` and refusals
   */
  request(
    who: { readonly userId: number; readonly accountId: number },
    wish: WithdrawalWish,
    listedOnly: boolean,
  ): Promise<Result<{ withdrawal: Withdrawal; repeated: boolean }> | 'no_second_factor'>;
  /** Until when withdrawals of a user are held back; 0: they are not. */
  heldUntilMs(userId: number): Promise<number>;
}

export function createWithdrawalRequests(options: {
  readonly pool: DatabasePool;
  readonly exchange: Exchange;
  readonly custody: Custody;
  readonly now: () => number;
}): WithdrawalRequests {
  const { pool, exchange, custody, now } = options;

  function destination(
    network: string,
    assetId: number,
    { address, addressId }: WithdrawalWish,
    listed: readonly ListedAddress[],
    listedOnly: boolean,
  ): Result<string> {
    const fits = (one: ListedAddress) =>
      one.network === network && (one.assetId === null || one.assetId === assetId);
    const named = listed.find(({ id }) => id === addressId);
    if (addressId !== undefined && (named === undefined || !fits(named)))
      return refuse(
        'address_not_listed',
        'There is no such address for this asset and network in your book.',
      );
    const parsed = named === undefined ? custody.parseAddress(network, address!) : accept(named.address);
    if (!parsed.ok || !listedOnly) return parsed;
    const known = listed.find((one) => fits(one) && one.address === parsed.value);
    if (known === undefined)
      return refuse('address_not_listed', 'Withdrawals may go only to addresses of your book.');
    if (known.usableFromMs > now())
      return refuse('address_not_listed', `The address may be used from ${isoTime(known.usableFromMs)} on.`);
    return parsed;
  }

  async function describe(
    who: { readonly userId: number; readonly accountId: number },
    wish: WithdrawalWish,
    listedOnly: boolean,
  ): Promise<Result<ToDesk>> {
    const obstacles = await findWithdrawalObstacles(pool, who.userId, now());
    if (obstacles.frozen) return refuse('account_frozen', 'The account is frozen: nothing leaves it.');
    if (obstacles.heldUntilMs !== null)
      return refuse('withdrawals_held', `Nothing may be withdrawn until ${isoTime(obstacles.heldUntilMs)}.`);
    const found = await custody.way(wish.asset, wish.network);
    if (!found.ok) return found;
    const way = found.value;
    if (!way.withdrawals)
      return refuse(
        'withdrawals_disabled',
        'Withdrawals of this asset over this network are closed at the moment.',
      );
    const asset = exchange.catalog().asset(wish.asset)!;
    const amount = parseDecimal(wish.amount, asset.scale);
    if (!amount.ok) return amount;
    const least = parseDecimal(way.minWithdrawal, asset.scale);
    if (least.ok && amount.value < least.value)
      return refuse(
        'withdrawal_too_small',
        `At least ${way.minWithdrawal} ${asset.symbol} can be withdrawn.`,
      );
    const listed = await listAddresses(pool, who.userId);
    const onlyListed = listedOnly || (await mayWithdrawToListedOnly(pool, who.userId));
    const address = destination(way.network, asset.id, wish, listed, onlyListed);
    if (!address.ok) return address;
    const fee = parseDecimal(way.withdrawalFee, asset.scale);
    const flags = await findRiskFlags(pool, {
      accountId: who.accountId,
      assetId: asset.id,
      network: way.network,
      address: address.value,
      totalMinor: amount.value + (fee.ok ? fee.value : 0n),
      nowMs: now(),
    });
    return accept({
      ...who,
      asset: asset.symbol,
      amount: wish.amount,
      fee: way.withdrawalFee,
      network: way.network,
      address: address.value,
      clientWithdrawalId: wish.clientWithdrawalId ?? null,
      unitValue: unitValueOf(exchange, asset.symbol, exchange.withdrawals.state().policy.valuationAsset),
      flags,
    });
  }

  return {
    async request({ userId, accountId }, wish, listedOnly) {
      if (!(await hasSecondFactor(pool, userId))) return 'no_second_factor';
      const described = await describe({ userId, accountId }, wish, listedOnly);
      return described.ok ? exchange.withdrawals.request(described.value) : described;
    },
    async heldUntilMs(userId) {
      return (await findWithdrawalObstacles(pool, userId, now())).heldUntilMs ?? 0;
    },
  };
}
