import { FAULTS } from './faults.ts';
import type { SimulationResult } from './simulation.ts';

/** What many worlds add up to. */
export class SimulationTotals {
  seeds = 0;
  commands = 0;
  messages = 0;
  commits = 0;
  virtualMs = 0;
  readonly faults = new Map<string, number>(FAULTS.map((fault) => [fault, 0]));
  readonly answers = new Map<string, number>();

  add(result: SimulationResult): void {
    this.seeds += 1;
    this.commands += result.commands;
    this.messages += result.messages;
    this.commits += result.commits;
    this.virtualMs += result.virtualMs;
    for (const [fault, count] of result.faults) this.faults.set(fault, this.faults.get(fault)! + count);
    for (const [answer, count] of result.answers)
      this.answers.set(answer, (this.answers.get(answer) ?? 0) + count);
  }
}
