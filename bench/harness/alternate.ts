/**
 * Runs several candidates in turns (A, B, A, B, …), so that what else the machine does meanwhile meets all of them alike.
 *
 * @param rounds turns that count; one more before them warms up.
 * @returns the results by candidate, in the order of the turns.
 */
export async function alternate<Name extends string, Result>(
  candidates: Readonly<Record<Name, () => Result | Promise<Result>>>,
  rounds: number,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(candidates) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const result = await candidates[name]();
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}
