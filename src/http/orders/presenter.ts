import type { z } from 'zod';
import type { ListPlacement, Placement, Replacement } from '../../actors/ports.ts';
import type { Refusal, Result } from '../../domain/rejection.ts';
import { isoTime, type OrderView } from '../../domain/views.ts';
import { statusOf } from '../problem.ts';
import type * as schema from './schema.ts';

/** The exchange speaks in views that are fit for the wire; the types hold that the document says the same. */
export function presentPlacement(placement: Placement): z.output<typeof schema.Placement> {
  return placement;
}

export function presentList(placement: ListPlacement): z.output<typeof schema.ListPlacement> {
  return placement;
}

export function presentReplacement(replacement: Replacement): z.output<typeof schema.Replacement> {
  return replacement;
}

export function presentOrder(order: OrderView): z.output<typeof schema.Order> {
  return order;
}

export function presentCountdown(expiresAtMs: number | null): z.output<typeof schema.Countdown> {
  return { expiresAt: expiresAtMs === null ? null : isoTime(expiresAtMs) };
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
