import { useEffect, useState } from 'react';
import type { TradeView } from '../../../domain/views.ts';
import { live } from '../../api/live.ts';
import { READABLE_MS, Store, useStore } from '../../api/store.ts';

const KEPT = 60;

/** The latest trades of a market, newest first; undefined until they are there. */
export function useTrades(market: string | undefined): readonly TradeView[] | undefined {
  const [store] = useState(() => new Store<readonly TradeView[] | undefined>(undefined, READABLE_MS));
  useEffect(() => {
    store.set(undefined);
    if (market === undefined) return;
    return live.subscribe({ channel: 'trades', market }, ({ type, data }) => {
      const newest = [...(data as TradeView[])].reverse();
      store.set((type === 'snapshot' ? newest : [...newest, ...(store.value ?? [])]).slice(0, KEPT));
    });
  }, [store, market]);
  return useStore(store);
}
