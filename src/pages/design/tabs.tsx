import type { KeyboardEvent } from 'react';

/** Tabs that arrow keys move between. The panel of the selected one is drawn by the caller. */
export function Tabs<Name extends string>({
  label,
  tabs,
  selected,
  onSelect,
}: {
  readonly label: string;
  readonly tabs: readonly (readonly [name: Name, title: string])[];
  readonly selected: Name;
  readonly onSelect: (name: Name) => void;
}) {
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = tabs.findIndex(([name]) => name === selected);
    const [next] = tabs[(at + step + tabs.length) % tabs.length]!;
    onSelect(next);
    const buttons = event.currentTarget.querySelectorAll('button');
    buttons[(at + step + tabs.length) % tabs.length]?.focus();
  }
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(([name, title]) => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={name === selected}
          tabIndex={name === selected ? 0 : -1}
          onClick={() => onSelect(name)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
