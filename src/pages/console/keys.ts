import { useEffect, useRef } from 'react';

/** What keys do, while nobody types into a field or has a dialog open. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      const target = event.target as HTMLElement;
      const isTyping = target.closest('input, select, textarea, dialog') !== null;
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      // A button that has the focus takes Enter itself.
      if (event.key === 'Enter' && target.closest('button, a') !== null) return;
      const act = latest.current[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    }
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

/** Shown by `?`. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = Object.freeze([
  ['1, 2 …', 'The parts, from the first on'],
  ['j, k or ↓, ↑', 'Next and previous of the withdrawals or users'],
  ['Enter', 'Open it'],
  ['Esc', 'Close it'],
  ['a, r', 'Approve or reject the open withdrawal'],
  ['?', 'These keys'],
]);
