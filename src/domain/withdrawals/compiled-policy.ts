import type { Asset } from '../asset.ts';
import type { Catalog } from '../catalog.ts';
import { parseDecimal } from '../money.ts';
import { accept, type Result, refuse } from '../rejection.ts';
import type { ApprovalRule } from './withdrawal.ts';
import type { WithdrawalPolicySpec, WithdrawalTier } from './withdrawal-policy.ts';

/** Decimals of a unit value; enough for any price. */
const UNIT_VALUE_SCALE = 18;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Tier {
  readonly upToMinor: bigint | null;
  readonly rule: ApprovalRule;
}

/** A policy with its amounts in minor units. */
export interface CompiledPolicy {
  readonly spec: WithdrawalPolicySpec;
  /** null: the exchange doesn't have the asset (yet), so nothing can be valued. */
  readonly valuation: Asset | null;
  readonly tiers: readonly Tier[];
  readonly assetTiers: ReadonlyMap<number, readonly Tier[]>;
  readonly accountDayLimitMinor: bigint | null;
  readonly assetDayLimitsMinor: ReadonlyMap<number, bigint>;
  readonly velocity: {
    readonly windowMs: number;
    readonly valueMinor: bigint;
    readonly count: number;
  } | null;
}

/**
 * Reads a policy as an operator wrote it.
 * @returns `asset_not_found`, `invalid_withdrawal_policy`
 */
export function compilePolicy(spec: WithdrawalPolicySpec, catalog: Catalog): Result<CompiledPolicy> {
  const valuation = catalog.asset(spec.valuationAsset);
  if (valuation === undefined) return refuse('asset_not_found', `There is no asset ${spec.valuationAsset}.`);
  const read = compileAmounts(spec, valuation, catalog);
  if (!read.ok) return read;
  const { velocity, confirmWithinMs, approveWithinMs, coolingMs } = spec;
  const times = [
    confirmWithinMs,
    approveWithinMs,
    ...(velocity === null ? [] : [velocity.windowMs, velocity.count]),
  ];
  if (
    times.some((time) => !Number.isSafeInteger(time) || time <= 0) ||
    !Number.isSafeInteger(coolingMs) ||
    coolingMs < 0
  )
    return wrong('Times and counts must be whole and above zero; the cooling time may be zero.');
  if (velocity !== null && velocity.windowMs > DAY_MS)
    return wrong('The window of the velocity may be a day at most.');
  if (coolingMs >= approveWithinMs)
    return wrong('The cooling time must be shorter than the time to approve.');
  return read;
}

/** The default while the exchange has no such asset: nothing can be valued, so everything takes the last tier. */
export function compileUnvalued(spec: WithdrawalPolicySpec): CompiledPolicy {
  return {
    spec,
    valuation: null,
    tiers: [{ upToMinor: null, rule: ruleOf(spec.tiers.at(-1)!) }],
    assetTiers: new Map(),
    accountDayLimitMinor: null,
    assetDayLimitsMinor: new Map(),
    velocity: spec.velocity === null ? null : { ...spec.velocity, valueMinor: 0n },
  };
}

/** @param valueMinor null: not known */
export function ruleFor(policy: CompiledPolicy, assetId: number, valueMinor: bigint | null): ApprovalRule {
  const tiers = policy.assetTiers.get(assetId) ?? policy.tiers;
  const tier =
    valueMinor === null
      ? undefined
      : tiers.find(({ upToMinor }) => upToMinor === null || valueMinor <= upToMinor);
  return (tier ?? tiers.at(-1)!).rule;
}

/**
 * What an amount is worth in minor units of the valuation asset, rounded up.
 * @param unitValue what one unit of the asset is worth, as a decimal; null: not known
 * @returns null when it can't be told
 */
export function worthOf(
  valuation: Asset | null,
  asset: Asset,
  amountMinor: bigint,
  unitValue: string | null,
): bigint | null {
  if (valuation === null) return null;
  if (asset.id === valuation.id) return amountMinor;
  const unit = unitValue === null ? undefined : parseDecimal(unitValue, UNIT_VALUE_SCALE);
  if (unit === undefined || !unit.ok || unit.value === 0n) return null;
  const dividend = amountMinor * unit.value * 10n ** BigInt(valuation.scale);
  const divisor = 10n ** BigInt(asset.scale + UNIT_VALUE_SCALE);
  return (dividend + divisor - 1n) / divisor;
}

function compileAmounts(
  spec: WithdrawalPolicySpec,
  valuation: Asset,
  catalog: Catalog,
): Result<CompiledPolicy> {
  const tiers = compileTiers(spec.tiers, valuation);
  if (!tiers.ok) return tiers;
  const assetTiers = new Map<number, readonly Tier[]>();
  for (const [symbol, own] of Object.entries(spec.assetTiers ?? {})) {
    const asset = catalog.asset(symbol);
    if (asset === undefined) return refuse('asset_not_found', `There is no asset ${symbol}.`);
    const compiled = compileTiers(own, valuation);
    if (!compiled.ok) return compiled;
    assetTiers.set(asset.id, compiled.value);
  }
  const assetDayLimitsMinor = new Map<number, bigint>();
  for (const [symbol, limit] of Object.entries(spec.assetDayLimits)) {
    const asset = catalog.asset(symbol);
    if (asset === undefined) return refuse('asset_not_found', `There is no asset ${symbol}.`);
    const amount = parseDecimal(limit, asset.scale);
    if (!amount.ok) return amount;
    assetDayLimitsMinor.set(asset.id, amount.value);
  }
  const dayLimit =
    spec.accountDayLimit === null ? accept(null) : parseDecimal(spec.accountDayLimit, valuation.scale);
  if (!dayLimit.ok) return dayLimit;
  const velocity = spec.velocity === null ? accept(null) : parseDecimal(spec.velocity.value, valuation.scale);
  if (!velocity.ok) return velocity;
  return accept({
    spec,
    valuation,
    tiers: tiers.value,
    assetTiers,
    accountDayLimitMinor: dayLimit.value,
    assetDayLimitsMinor,
    velocity: velocity.value === null ? null : { ...spec.velocity!, valueMinor: velocity.value },
  });
}

function compileTiers(specs: readonly WithdrawalTier[], valuation: Asset): Result<readonly Tier[]> {
  if (
    specs.length === 0 ||
    specs.at(-1)!.upTo !== null ||
    specs.slice(0, -1).some(({ upTo }) => upTo === null)
  )
    return wrong('The last tier, and only that, must have no bound.');
  const tiers: Tier[] = [];
  for (const spec of specs) {
    const bound = spec.upTo === null ? accept(null) : parseDecimal(spec.upTo, valuation.scale);
    if (!bound.ok) return bound;
    const before = tiers.at(-1)?.upToMinor ?? null;
    if (before !== null && bound.value !== null && bound.value <= before)
      return wrong('The bounds of tiers must rise.');
    const fault = faultOf(ruleOf(spec));
    if (fault !== undefined) return wrong(fault);
    tiers.push({ upToMinor: bound.value, rule: ruleOf(spec) });
  }
  return accept(tiers);
}

/** What is wrong with a rule; undefined when it can be met. */
export function faultOf({ required, treasurers, approvers }: ApprovalRule): string | undefined {
  if (!Number.isSafeInteger(required) || required < 0 || !Number.isSafeInteger(treasurers) || treasurers < 0)
    return 'Approvals are counted in whole numbers from zero.';
  if (treasurers > required) return 'There can’t be more treasurers than approvals.';
  if (approvers !== null && new Set(approvers).size < required)
    return 'There must be as many approvers as approvals.';
  return undefined;
}

function ruleOf({ name, approvals, treasurers, approvers }: WithdrawalTier): ApprovalRule {
  return { tier: name, required: approvals, treasurers, approvers };
}

function wrong(detail: string) {
  return refuse('invalid_withdrawal_policy', detail);
}
