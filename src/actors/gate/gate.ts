import { accept } from '../../domain/rejection.ts';
import type { Exchange } from '../ports.ts';
import { createAsking, type GateOptions } from './asking.ts';
import { operatorCommands } from './operator-commands.ts';
import { orderCommands } from './order-commands.ts';
import { withdrawalCommands } from './withdrawal-commands.ts';

type Gate = Omit<Exchange, 'publicEvents' | 'accountFrames' | 'stopping'>;

/** The way in: turns commands into messages, waits for the answer, and shows it in human units. */
export function createGate(options: GateOptions): Gate {
  const asking = createAsking(options);
  const { marketNamed } = asking;
  return {
    catalog: options.catalog,
    isReady: () => options.state.phase === 'running' && options.state.ledgerAvailable,

    ...orderCommands(asking),
    ...operatorCommands(asking),
    withdrawals: withdrawalCommands(asking),

    depth(symbol, levels) {
      const market = marketNamed(symbol);
      return market.ok ? accept(options.feed(market.value.id)!.depth(levels)) : market;
    },

    ticker(symbol) {
      const market = marketNamed(symbol);
      return market.ok ? accept(options.feed(market.value.id)!.ticker(options.now())) : market;
    },
  };
}
