import { STATUS_CODES } from 'node:http';
import type { Context } from 'koa';
import type { Refusal, Rejection } from '../domain/rejection.ts';
import { REPLY_HEADERS } from './reply-headers.ts';

/**
 * Every error leaves the gateway as problem details (RFC 9457) with a stable `code`. Two tables give the status:
 * one for what the exchange refuses, one for what the gateway refuses before the exchange is asked.
 */

export const httpStatus = Object.freeze({
  account_frozen: 409,
  account_not_found: 404,
  account_unavailable: 503,
  address_not_listed: 403,
  approval_mismatch: 409,
  approval_repeated: 409,
  approver_not_allowed: 403,
  asset_exists: 409,
  asset_not_found: 404,
  client_order_id_conflict: 409,
  client_withdrawal_id_conflict: 409,
  custody_short: 409,
  deposits_disabled: 409,
  duplicate_deposit: 409,
  exchange_overloaded: 503,
  exchange_stopped: 503,
  insufficient_funds: 422,
  invalid_address: 400,
  invalid_amount: 400,
  invalid_asset: 400,
  invalid_client_order_id: 400,
  invalid_fees: 400,
  invalid_market: 400,
  invalid_market_status: 409,
  invalid_order: 400,
  invalid_order_list: 400,
  invalid_price: 400,
  invalid_quantity: 400,
  invalid_withdrawal_policy: 400,
  lot_size: 400,
  market_auction: 409,
  market_cancel_only: 409,
  market_closed: 409,
  market_exists: 409,
  market_halted: 409,
  market_not_found: 404,
  market_pending: 409,
  market_post_only: 409,
  market_restarting: 503,
  network_not_found: 404,
  no_reference_price: 409,
  notional_too_large: 422,
  notional_too_small: 422,
  order_amend_pending: 409,
  order_expired: 422,
  order_in_list: 409,
  order_not_found: 404,
  order_not_open: 409,
  order_triggered: 409,
  outcome_unknown: 503,
  post_only_would_take: 422,
  price_outside_band: 422,
  quantity_below_filled: 422,
  quantity_too_large: 422,
  quantity_too_small: 422,
  replacement_not_fillable: 422,
  simulated_deposits_disabled: 403,
  tick_size: 400,
  too_many_decimals: 400,
  too_many_open_orders: 422,
  too_many_open_stops: 422,
  too_many_unfilled_orders: 429,
  withdrawal_limit: 422,
  withdrawal_not_found: 404,
  withdrawal_not_open: 409,
  withdrawal_too_small: 422,
  withdrawals_disabled: 409,
  withdrawals_held: 409,
  withdrawals_paused: 409,
} as const) satisfies Record<Rejection, number>;

export const gatewayStatus = Object.freeze({
  approver_key_exists: 409,
  too_many_addresses: 409,
  address_listed: 409,
  body_too_large: 413,
  breached_password: 422,
  database_unavailable: 503,
  email_unconfirmed: 403,
  forbidden: 403,
  headers_too_large: 431,
  identity_email_unverified: 422,
  identity_not_linked: 409,
  identity_taken: 409,
  insufficient_scope: 403,
  internal_error: 500,
  invalid_callback: 422,
  invalid_challenge: 401,
  invalid_code: 422,
  invalid_credentials: 401,
  invalid_mail_token: 422,
  invalid_passkey: 422,
  invalid_refresh_token: 401,
  invalid_request: 400,
  invalid_signature: 401,
  ip_not_allowed: 403,
  key_required: 403,
  last_admin: 409,
  ledger_unbalanced: 409,
  last_sign_in_method: 409,
  malformed_json: 400,
  malformed_request: 400,
  method_not_allowed: 405,
  not_found: 404,
  not_ready: 503,
  no_passkey: 409,
  no_second_factor: 409,
  own_account: 403,
  predictable_password: 422,
  provider_refused: 422,
  provider_unavailable: 503,
  recent_sign_in_required: 403,
  passkey_exists: 409,
  request_timeout: 408,
  second_factor_exists: 409,
  second_factor_required: 403,
  session_required: 403,
  sign_in_busy: 503,
  signature_replayed: 401,
  stale_timestamp: 401,
  step_up_required: 403,
  too_many_keys: 409,
  too_many_passkeys: 409,
  too_many_requests: 429,
  unauthenticated: 401,
  unsupported_media_type: 415,
} as const) satisfies Record<string, number>;

export type GatewayCode = keyof typeof gatewayStatus;
export type ProblemCode = Rejection | GatewayCode;

/** One thing wrong with a request. */
export interface FieldError {
  readonly in: 'body' | 'query' | 'path';
  /** JSON Pointer (RFC 6901) as a URI fragment, for example `#/orders/0/price`. */
  readonly pointer: string;
  readonly detail: string;
}

/** The body of an error reply. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId?: string;
  readonly errors?: readonly FieldError[];
}

/** Seconds after which a client may try again what was refused for now. */
const RETRY_AFTER_SECONDS = 1;
const statusByCode: Readonly<Record<ProblemCode, number>> = { ...httpStatus, ...gatewayStatus };

export function statusOf(code: ProblemCode): number {
  return statusByCode[code];
}

/** For example `Insufficient funds`. */
export function titleOf(code: ProblemCode): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
}

export function problemDetails(
  code: ProblemCode,
  detail: string,
  extra: { readonly requestId?: string; readonly errors?: readonly FieldError[] } = {},
): ProblemDetails {
  // A relative reference to the page that explains the code.
  return { type: `/docs#${code}`, title: titleOf(code), status: statusOf(code), detail, code, ...extra };
}

/** A whole HTTP reply with a problem, for a socket that never reached Koa; it is to be closed after it. */
export function problemReply(code: ProblemCode, detail: string): string {
  const problem = problemDetails(code, detail);
  const body = JSON.stringify(problem);
  const headers = Object.entries(REPLY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\n${headers.join('')}` +
    `Content-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Answers with a problem; 401 and 503 get the header that HTTP asks for with them. */
export function sendProblem(
  ctx: Context,
  code: ProblemCode,
  detail: string,
  extra: { readonly errors?: readonly FieldError[]; readonly retryAfterSeconds?: number } = {},
): void {
  const problem = problemDetails(code, detail, {
    requestId: ctx.state.requestId,
    ...(extra.errors === undefined ? {} : { errors: extra.errors }),
  });
  ctx.status = problem.status;
  ctx.state.problem = code;
  if (problem.status === 401) ctx.set('WWW-Authenticate', 'Bearer');
  const retryAfterSeconds =
    extra.retryAfterSeconds ?? (problem.status === 503 ? RETRY_AFTER_SECONDS : undefined);
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
  ctx.set('Content-Type', 'application/problem+json; charset=utf-8');
  ctx.body = JSON.stringify(problem);
}

/** Answers with what the exchange refused. */
export function sendRefusal(ctx: Context, refusal: Refusal): void {
  const { code, detail, retryAfterSeconds } = refusal;
  sendProblem(ctx, code, detail, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}
