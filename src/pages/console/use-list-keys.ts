import { useState } from 'react';
import { useKeys } from './keys.ts';

/** Moves through a list with j, k and arrows; Enter opens, Esc closes. @returns which row is selected */
export function useListKeys(options: {
  readonly count: number;
  readonly onOpen: (index: number) => void;
  readonly onClose: () => void;
}): { readonly selected: number; readonly select: (index: number) => void } {
  const { count, onOpen, onClose } = options;
  const [wanted, select] = useState(0);
  // The list may have become shorter.
  const selected = Math.min(wanted, Math.max(0, count - 1));
  const move = (step: number) => select(Math.max(0, Math.min(count - 1, selected + step)));
  useKeys({
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    Enter: () => {
      if (count > 0) onOpen(selected);
    },
    Escape: onClose,
  });
  return { selected, select };
}
