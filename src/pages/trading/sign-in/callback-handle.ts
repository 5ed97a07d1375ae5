const KEPT = 'bourse.sign-in-handle';

/** What somebody went to a provider for. */
export type Purpose = 'sign-in' | 'link';

export interface Flow {
  readonly handle: string;
  readonly purpose: Purpose;
}

/** What proves at the end of a way through a provider that this page began it: kept with the tab, taken once. */
export function keepHandle(handle: string, purpose: Purpose): void {
  sessionStorage.setItem(KEPT, `${purpose} ${handle}`);
}

export function takeFlow(): Flow | undefined {
  const [purpose, handle] = (sessionStorage.getItem(KEPT) ?? '').split(' ');
  sessionStorage.removeItem(KEPT);
  return handle === undefined ? undefined : { handle, purpose: purpose === 'link' ? 'link' : 'sign-in' };
}
