import type { Context } from 'koa';
import type { Claims } from '../auth/tokens.ts';
import type { Operation } from '../openapi/operation.ts';
import { sendProblem } from '../problem.ts';
import { POINTS_SECONDS } from './policies.ts';
import {
  describeExceeded,
  isExceeded,
  type RequestLimits,
  type Standing,
  type Weight,
} from './request-limits.ts';

type Layer = (ctx: Context, next: () => Promise<unknown>) => unknown;

/** What the operation's requests weigh. */
export function weightOf({ weight = 1, isUrgent = false }: Operation): Weight {
  return { points: weight, isUrgent };
}

/** Counts a request for the address it comes from, before anything else is done with it. The first layer of every route. */
export function limitAddresses(limits: RequestLimits, weight: Weight): Layer {
  return (ctx, next) => {
    ctx.state.weight = weight;
    if (weight.points === 0) return next();
    return admit(ctx, [limits.takeOfAddress(ctx.ip, weight.points)]) ? next() : undefined;
  };
}

/** Counts a request for who makes it, once that is known. @returns false when it was refused, and answered */
export function admitCaller(ctx: Context, limits: RequestLimits, claims: Claims): boolean {
  return admit(ctx, limits.takeOfCaller(claims, (ctx.state.weight as Weight).points));
}

function admit(ctx: Context, standings: readonly Standing[]): boolean {
  tell(ctx, standings);
  const { isUrgent } = ctx.state.weight as Weight;
  const exceeded = standings.find((standing) => isExceeded(standing, isUrgent));
  if (exceeded === undefined) return true;
  sendProblem(ctx, 'too_many_requests', describeExceeded(exceeded), {
    retryAfterSeconds: exceeded.secondsLeft,
  });
  return false;
}

/** draft-ietf-httpapi-ratelimit-headers-10: what each policy is, and how much of it is left for how many seconds. */
function tell(ctx: Context, standings: readonly Standing[]): void {
  // Set once more with what is known by then: appending makes a header of its own of each, which costs more.
  const all: readonly Standing[] = [...(ctx.state.standings ?? []), ...standings];
  ctx.state.standings = all;
  ctx.res.setHeader('RateLimit-Policy', all.map(describePolicy).join(', '));
  ctx.res.setHeader('RateLimit', all.map(describeRest).join(', '));
}

function describePolicy({ policy, limit }: Standing): string {
  return `"${policy}";q=${limit};w=${POINTS_SECONDS}`;
}

function describeRest({ policy, limit, consumed, secondsLeft }: Standing): string {
  return `"${policy}";r=${Math.max(0, limit - consumed)};t=${secondsLeft}`;
}
