import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a script of this directory in a process of its own: it replaces the timers, and perhaps the source. */
export function runScript(
  file: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly out: string }> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out }));
  });
}
