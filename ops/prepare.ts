import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The end of `npm ci`. It runs on the Node.js that the project brings, while npm itself may run on an older one: then npm has
 * left out what is optional and wants a newer one, such as the native part of the EVM that the tests run.
 */

const ROOT = resolve(import.meta.dirname, '..');

interface LockedPackage {
  readonly version: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

function fitsHere({ os, cpu, libc }: LockedPackage): boolean {
  const header = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;
  const own = header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  return (
    (os === undefined || os.includes(process.platform)) &&
    (cpu === undefined || cpu.includes(process.arch)) &&
    (libc === undefined || process.platform !== 'linux' || libc.includes(own))
  );
}

/** What of the lockfile is for this machine, optional, beside something that is installed, and missing. */
function leftOut(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(resolve(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  return Object.entries(packages).flatMap(([path, one]) => {
    const name = path.replace(/^node_modules\//, '');
    const isNative = one.optional === true && one.os !== undefined && !name.includes('node_modules/');
    const owner = name.replace(/-(?:darwin|linux|win32)-.*$/, '');
    const isWanted = isNative && owner !== name && existsSync(resolve(ROOT, 'node_modules', owner));
    return isWanted && fitsHere(one) && !existsSync(resolve(ROOT, path)) ? [`${name}@${one.version}`] : [];
  });
}

const missing = leftOut();
const npm = process.env['npm_execpath'];
if (missing.length > 0 && npm !== undefined) {
  const options = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status } = spawnSync(process.execPath, [npm, ...options, ...missing], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (status !== 0) process.stdout.write(`Not installed: ${missing.join(', ')}\n`);
}

// Without the packages of development (`--omit=dev`) there is nothing to build with: then the pages come from where they were built.
if (existsSync(resolve(ROOT, 'node_modules/vite'))) {
  const { build } = await import('vite');
  await build({ logLevel: 'warn' });
} else process.stdout.write('The pages are not built: the packages of development are not installed.\n');
