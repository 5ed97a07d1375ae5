import type { z } from 'zod';
import type { Placement } from '../../actors/ports.ts';
import type { Refusal, Result } from '../../domain/rejection.ts';
import type { OrderView } from '../../domain/views.ts';
import { statusOf } from '../problem.ts';
import type * as schema from './schema.ts';

/** The exchange speaks in views that are fit for the wire; the types hold that the document says the same. */
export function presentPlacement(placement: Placement): z.output<typeof schema.Placement> {
  return placement;
}

export function presentOrder(order: OrderView): z.output<typeof schema.Order> {
  return order;
}

export function presentPlacements(
  results: readonly Result<Placement>[],
): z.output<typeof schema.PlacementResults> {
  return {
    results: results.map((result) =>
      result.ok ? { ok: true, ...presentPlacement(result.value) } : presentFailure(result.refusal),
    ),
  };
}

export function presentCancels(results: readonly Result<OrderView>[]): z.output<typeof schema.CancelResults> {
  return {
    results: results.map((result) =>
      result.ok ? { ok: true, order: presentOrder(result.value) } : presentFailure(result.refusal),
    ),
  };
}

function presentFailure({ code, detail }: Refusal) {
  return { ok: false as const, error: { code, status: statusOf(code), detail } };
}
