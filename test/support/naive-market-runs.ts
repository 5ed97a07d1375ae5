import fc from 'fast-check';
import { draft } from './market-drafts.ts';
import { runDrafts } from './naive-market-pair.ts';

export interface Runs {
  readonly commands: number;
  /** Of all states that the markets came to: the same for the same seed. */
  readonly digest: number;
  /** Where a market and its naive twin differ, with the shortest script found that leads there. */
  readonly difference: string | undefined;
}

const MOST_DRAFTS = 200;

/** Runs so many fresh markets beside their naive twins. */
export function runMarkets(markets: number, seed: number): Runs {
  let commands = 0;
  let digest = 0;
  const property = fc.property(fc.array(draft, { maxLength: MOST_DRAFTS, size: 'max' }), (drafts) => {
    const ran = runDrafts(drafts);
    commands += ran.commands;
    digest = (digest + ran.hash) % Number.MAX_SAFE_INTEGER;
  });
  const { failed, errorInstance, counterexamplePath } = fc.check(property, { seed, numRuns: markets });
  if (!failed) return { commands, digest, difference: undefined };
  const told = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return { commands, digest, difference: `seed ${seed}, path ${counterexamplePath}\n${told}` };
}
