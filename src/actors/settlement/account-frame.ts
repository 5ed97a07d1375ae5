import type { StoredFrame } from '../../domain/settlement.ts';
import type { AccountFrame } from '../ports.ts';

type Sections = Pick<AccountFrame, 'orders' | 'fills' | 'balances' | 'preventedMatches' | 'withdrawals'>;

/** A stored frame as an event. Its JSON is only read if somebody looks into it. */
export function accountFrame(stored: StoredFrame): AccountFrame {
  let sections: Sections | undefined;
  const parsed = (): Sections => {
    sections ??= JSON.parse(Buffer.from(stored.payload).toString()) as Sections;
    return sections;
  };
  return {
    accountId: stored.accountId,
    sequence: stored.sequence,
    get orders() {
      return parsed().orders;
    },
    get fills() {
      return parsed().fills;
    },
    get balances() {
      return parsed().balances;
    },
    get preventedMatches() {
      return parsed().preventedMatches ?? [];
    },
    get withdrawals() {
      return parsed().withdrawals ?? [];
    },
  };
}
