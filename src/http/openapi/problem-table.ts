import { gatewayStatus, httpStatus, type ProblemCode, titleOf } from '../problem.ts';

/** Every code with its status; the `type` of a problem points to its row. */
export function problemTable(): string {
  const rows = Object.entries({ ...httpStatus, ...gatewayStatus })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, status]) =>
        `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${titleOf(code as ProblemCode)}</td></tr>`,
    );
  return `<table>${rows.join('\n')}</table>`;
}
