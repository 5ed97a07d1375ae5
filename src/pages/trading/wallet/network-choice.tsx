import type { NetworkInfo } from './wallet-data.ts';

/** Over which network; not asked where there is one only. */
export function NetworkChoice({
  ways,
  selected,
  onSelect,
}: {
  readonly ways: readonly NetworkInfo[];
  readonly selected: string | undefined;
  readonly onSelect: (network: string) => void;
}) {
  if (ways.length === 1) return <p className="soft">Network: {ways[0]!.name}</p>;
  if (ways.length === 0) return null;
  return (
    <label className="field">
      <span className="label">Network</span>
      <select className="input" value={selected} onChange={(event) => onSelect(event.target.value)}>
        {ways.map(({ network, name }) => (
          <option key={network} value={network}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
