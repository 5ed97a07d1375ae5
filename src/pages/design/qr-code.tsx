/** A QR code, dark on white in every colour scheme: cameras want it so. */
export function QrCode({
  cells,
  label,
}: {
  readonly cells: readonly (readonly boolean[])[];
  readonly label: string;
}) {
  const size = cells.length;
  const path = cells
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`-2 -2 ${size + 4} ${size + 4}`}
      width={200}
      height={200}
      shapeRendering="crispEdges"
    >
      <rect x={-2} y={-2} width={size + 4} height={size + 4} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
