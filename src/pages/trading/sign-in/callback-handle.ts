const KEPT = 'bourse.sign-in-handle';

/** What proves at the end of a sign-in through a provider that this page began it: kept with the tab, taken once. */
export function keepHandle(handle: string): void {
  sessionStorage.setItem(KEPT, handle);
}

export function takeHandle(): string | null {
  const handle = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  return handle;
}
