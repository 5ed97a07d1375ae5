/**
 * Every reason for which the exchange refuses a command. A refusal is a value with a stable code: nothing was
 * changed, nothing was written. Clients match on `code`; `detail` is for people and may change.
 */
export const REJECTIONS = Object.freeze([
  'account_frozen',
  'account_not_found',
  'account_unavailable',
  'address_not_listed',
  'approval_mismatch',
  'approval_repeated',
  'approver_not_allowed',
  'asset_exists',
  'asset_not_found',
  'client_order_id_conflict',
  'client_withdrawal_id_conflict',
  'custody_short',
  'deposits_disabled',
  'duplicate_deposit',
  'exchange_overloaded',
  'exchange_stopped',
  'insufficient_funds',
  'invalid_address',
  'invalid_amount',
  'invalid_asset',
  'invalid_client_order_id',
  'invalid_fees',
  'invalid_market',
  'invalid_market_status',
  'invalid_order',
  'invalid_order_list',
  'invalid_price',
  'invalid_quantity',
  'invalid_withdrawal_policy',
  'lot_size',
  'market_auction',
  'market_cancel_only',
  'market_closed',
  'market_exists',
  'market_halted',
  'market_not_found',
  'market_pending',
  'market_post_only',
  'market_restarting',
  'network_not_found',
  'no_reference_price',
  'notional_too_large',
  'notional_too_small',
  'order_amend_pending',
  'order_expired',
  'order_in_list',
  'order_not_found',
  'order_not_open',
  'order_triggered',
  'outcome_unknown',
  'post_only_would_take',
  'price_outside_band',
  'quantity_below_filled',
  'quantity_too_large',
  'quantity_too_small',
  'replacement_not_fillable',
  'simulated_deposits_disabled',
  'tick_size',
  'too_many_decimals',
  'too_many_open_orders',
  'too_many_open_stops',
  'too_many_unfilled_orders',
  'withdrawal_limit',
  'withdrawal_not_found',
  'withdrawal_not_open',
  'withdrawal_too_small',
  'withdrawals_disabled',
  'withdrawals_held',
  'withdrawals_paused',
] as const);

export type Rejection = (typeof REJECTIONS)[number];

export interface Refusal {
  readonly code: Rejection;
  /** One sentence for people: what was wrong and what would be right. */
  readonly detail: string;
  /** After how long it may go through; left out where that is not known. */
  readonly retryAfterSeconds?: number;
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

export function accept<Value>(value: Value): Result<Value> {
  return { ok: true, value };
}

export function refuse(
  code: Rejection,
  detail: string,
  retryAfterSeconds?: number,
): { readonly ok: false; readonly refusal: Refusal } {
  const refusal = { code, detail };
  return {
    ok: false,
    refusal: retryAfterSeconds === undefined ? refusal : { ...refusal, retryAfterSeconds },
  };
}
