import { useSyncExternalStore } from 'react';

/** Where in the page one is: kept behind the `#`, so that every place has an address and Back goes back. */
export type Place = 'trade' | 'wallet' | 'account' | 'sign-in' | 'sign-up';
export interface Route {
  readonly place: Place;
  /** The market of `trade`. */
  readonly market: string | undefined;
}

const PLACES: readonly string[] = ['trade', 'wallet', 'account', 'sign-in', 'sign-up'];

export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash);
  const [place = '', market] = hash.replace(/^#\/?/, '').split('/');
  return {
    place: PLACES.includes(place) ? (place as Place) : 'trade',
    market: market === undefined || market === '' ? undefined : decodeURIComponent(market),
  };
}

export function hrefOf(place: Place, market?: string): string {
  return market === undefined ? `#/${place}` : `#/${place}/${encodeURIComponent(market)}`;
}

export function goTo(place: Place, market?: string): void {
  location.hash = hrefOf(place, market);
}

function listen(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}
