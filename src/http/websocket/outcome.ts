import type { Refusal, Rejection } from '../../domain/rejection.ts';

/** Why the gateway itself refuses a frame; everything else comes from the exchange. */
export const gatewayErrors = Object.freeze({
  account_mismatch: 'The token is another account’s than the socket’s.',
  forbidden: 'The role does not allow it.',
  insufficient_scope: 'The token is for a key that may not do this.',
  internal_error: 'A fault on the exchange’s side.',
  invalid_request: 'The parameters are not what the method takes; `errors` says where.',
  malformed_frame: 'The frame is not a JSON request; its id, if any, could not be read.',
  sequence_not_reached: 'The account has no frame with that sequence yet.',
  sequence_too_old: 'Frames after that sequence are no longer kept: read orders and balances anew.',
  too_many_requests: 'A limit is used up; `retryAfterSeconds` says for how long.',
  too_many_subscriptions: 'The socket has as many channels as one may have.',
  unauthenticated: 'The method needs a socket that is signed in.',
  unknown_method: 'There is no such method.',
} as const);

export type ErrorCode = keyof typeof gatewayErrors | Rejection;

/** One thing wrong with the parameters; the pointer is a JSON Pointer into them, as a URI fragment. */
export interface ParamError {
  readonly pointer: string;
  readonly detail: string;
}

export interface RequestError {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors?: readonly ParamError[];
  /** After how long it may go through. */
  readonly retryAfterSeconds?: number;
}

/** What a request led to. */
export type Outcome =
  | {
      readonly ok: true;
      readonly result: unknown;
      /** Runs once the answer is on its way: events that have to come after it. */
      readonly after?: () => void;
    }
  | { readonly ok: false; readonly error: RequestError };

export function answer(result: unknown, after?: () => void): Outcome {
  return after === undefined ? { ok: true, result } : { ok: true, result, after };
}

export function deny(code: keyof typeof gatewayErrors, detail?: string): Outcome {
  return { ok: false, error: { code, detail: detail ?? gatewayErrors[code] } };
}

/** Passes on what the exchange refused. */
export function refused(refusal: Refusal): Outcome {
  return { ok: false, error: refusal };
}
