import type { z } from 'zod';
import type { Scope } from '../../domain/api-keys.ts';
import type { Permission } from '../../domain/roles.ts';
import type { RequestShape } from '../middleware/validate.ts';
import type { ProblemCode } from '../problem.ts';

export const TAGS = Object.freeze({
  'sign-in': 'Users, sessions and tokens.',
  keys: 'API keys, for programs: they sign their requests, or show a secret for a token (OAuth 2.0).',
  markets: 'What can be traded, and what was.',
  orders: 'Place, change, cancel and look up orders.',
  account: 'What an account owns, did and pays.',
  custody: 'Deposits, withdrawals, the address book.',
  operators:
    'For operators, each what his role allows: people, assets, markets, fees, halts and simulated deposits.',
  health: 'For whoever keeps it running.',
  documents: 'These documents.',
});
export type Tag = keyof typeof TAGS;

export interface OperationReply {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Other than application/json. */
  readonly contentType?: string;
}

/** What the document says of a route. `request` is the very object that the route validates with. */
export type Operation = Described & Admission;

/** Who is let in; operators only with the permission, and after they have shown a second factor. */
type Admission =
  | { readonly access: 'public' | 'customer'; readonly permission?: never }
  | { readonly access: 'operator'; readonly permission: Permission };

interface Described {
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** What a program's key needs for it; `key`: only programs. Left out where only people are let in. */
  readonly scope?: Scope | 'key';
  /** Points that a request counts for the limits of address, account and key. Default 1; 0 is not counted. */
  readonly weight?: number;
  /** It must get through when the limits are used up, such as a cancel: they are twice as high for it. */
  readonly isUrgent?: boolean;
  readonly request?: RequestShape;
  /** Bodies to learn from, beside the schema's own. */
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
  readonly replies: Readonly<Record<number, OperationReply>>;
  /** Codes beyond those that every such route can answer with. */
  readonly problems: readonly ProblemCode[];
}

/** By method and path as the router has it, for example `GET /v1/orders/:id`. */
export type Operations = Readonly<Record<`${string} /${string}`, Operation>>;

const SIGNATURE_CODES = [
  'invalid_signature',
  'ip_not_allowed',
  'signature_replayed',
  'stale_timestamp',
] as const;

/** Every code that an operation may answer with, apart from failures that any request can meet. */
export function problemCodes(operation: Operation): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>(operation.problems);
  if (operation.weight !== 0) codes.add('too_many_requests');
  const { request } = operation;
  // Who takes a form has errors of his own for it.
  if (request !== undefined && request.form === undefined) codes.add('invalid_request');
  if (request?.body !== undefined) {
    codes.add('malformed_json').add('body_too_large').add('unsupported_media_type');
  }
  if (operation.access !== 'public') {
    codes.add('unauthenticated');
    for (const code of SIGNATURE_CODES) codes.add(code);
    const { scope } = operation;
    codes.add(
      scope === undefined ? 'session_required' : scope === 'key' ? 'key_required' : 'insufficient_scope',
    );
  }
  if (operation.scope === 'withdraw') codes.add('key_required');
  if (operation.access === 'operator') codes.add('forbidden').add('second_factor_required');
  return [...codes].sort();
}
