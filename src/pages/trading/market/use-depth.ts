import { useEffect, useState } from 'react';
import { live } from '../../api/live.ts';
import { type Depth, withDiff } from '../../api/order-book.ts';
import { READABLE_MS, Store, useStore } from '../../api/store.ts';

/**
 * The live book of a market; undefined until the first snapshot. After a gap, a wrong checksum or a lost connection the channel begins
 * anew, and the book that there was is shown until the snapshot is there.
 */
export function useDepth(market: string | undefined): Depth | undefined {
  const [store] = useState(() => new Store<Depth | undefined>(undefined, READABLE_MS));
  useEffect(() => {
    store.set(undefined);
    if (market === undefined) return;
    let end = () => {};
    let isBroken = false;
    const begin = () => {
      isBroken = false;
      end = live.subscribe({ channel: 'depth', market }, ({ type, data }) => {
        if (type === 'snapshot') {
          isBroken = false;
          return store.set(data);
        }
        if (isBroken || store.value === undefined) return;
        const next = withDiff(store.value, data);
        if (next !== undefined) return store.set(next);
        isBroken = true;
        end();
        begin();
      });
    };
    begin();
    return () => end();
  }, [store, market]);
  return useStore(store);
}
