import type { z } from 'zod';
import type { RequestShape } from '../middleware/validate.ts';
import type { ProblemCode } from '../problem.ts';

export const TAGS = Object.freeze({
  'sign-in': 'Users, sessions and tokens.',
  markets: 'What can be traded, and what was.',
  orders: 'Place, change, cancel and look up orders.',
  account: 'What an account owns, did and pays.',
  operators: 'For the role operator: assets, markets, fees, halts and simulated deposits.',
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
export interface Operation {
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly access: 'public' | 'customer' | 'operator';
  readonly request?: RequestShape;
  /** Bodies to learn from, beside the schema's own. */
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
  readonly replies: Readonly<Record<number, OperationReply>>;
  /** Codes beyond those that every such route can answer with. */
  readonly problems: readonly ProblemCode[];
}

/** By method and path as the router has it, for example `GET /v1/orders/:id`. */
export type Operations = Readonly<Record<`${string} /${string}`, Operation>>;

/** Every code that an operation may answer with, apart from failures that any request can meet. */
export function problemCodes(operation: Operation): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>(operation.problems);
  if (operation.request !== undefined) codes.add('invalid_request');
  if (operation.request?.body !== undefined) {
    codes.add('malformed_json').add('body_too_large').add('unsupported_media_type');
  }
  if (operation.access !== 'public') codes.add('unauthenticated');
  if (operation.access === 'operator') codes.add('forbidden');
  return [...codes].sort();
}
