const WIDTH = 200;
const HEIGHT = 50;

/** How a figure went, as a line; from nothing up to the most there was. */
export function Sparkline({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values
    .map((value, index) => `${(index * step).toFixed(1)},${(HEIGHT - (value / most) * HEIGHT).toFixed(1)}`)
    .join(' ');
  return (
    <svg
      role="img"
      aria-label={`${label}: at most ${most}`}
      viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
      preserveAspectRatio="none"
    >
      <polyline points={points} />
    </svg>
  );
}
