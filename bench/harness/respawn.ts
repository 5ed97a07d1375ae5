import { spawnSync } from 'node:child_process';

/**
 * Starts this program again with these flags of node, unless it has them.
 *
 * @returns whether it did; the exit code is then that of the other process.
 */
export function respawnWith(nodeFlags: readonly string[]): boolean {
  const missing = nodeFlags.filter((flag) => !process.execArgv.includes(flag));
  if (missing.length === 0) return false;
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, ...missing, ...process.argv.slice(1)],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
  return true;
}
