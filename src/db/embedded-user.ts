import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Which user PostgreSQL runs as, when it is not simply ours. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  /** Root under another name, in a user namespace of its own: without root's rights, but owner of root's files. */
  readonly inNamespace?: boolean;
}

/** How a program is started as that user: unshare becomes the program, so the process id is the program's. */
export function commandAs(runAs: RunAs, program: string, parameters: readonly string[]) {
  const { uid, gid } = runAs;
  if (uid === undefined || gid === undefined) return { program, parameters, ids: {} };
  if (runAs.inNamespace !== true) return { program, parameters, ids: { uid, gid } };
  const names = ['--user', `--map-user=${uid}`, `--map-group=${gid}`];
  return { program: 'unshare', parameters: [...names, '--', program, ...parameters], ids: {} };
}

/**
 * PostgreSQL refuses to run as root. Then it runs as whoever owns the data already, else as the system's
 * `postgres` user, else as `nobody`; where that user can't reach the program or the data (a checkout under
 * root's home), as root under that name in a user namespace, where PostgreSQL finds itself unprivileged.
 *
 * @param program the server's
 * @param directory where the data is or will be
 * @throws {Error} that says what to do if there is no way.
 */
export async function chooseUser(home: string, program: string, directory: string): Promise<RunAs> {
  const owner = await stat(home).catch(() => undefined);
  const ours = process.getuid?.();
  if (ours !== 0) {
    if (owner !== undefined && owner.uid !== ours) {
      throw new Error(`${home} belongs to user id ${owner.uid}: start as that user or as root`);
    }
    return {};
  }
  const user =
    owner !== undefined && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await systemUser();
  const ownedByRoot = owner?.uid === 0;
  const missed = ownedByRoot ? 'data that root owns' : await unreachable(user, program, directory);
  if (missed === undefined) return user;
  const renamed = { ...user, inNamespace: true };
  const ownedByUser = owner !== undefined && !ownedByRoot;
  if (!ownedByUser && (await unreachable(renamed, program, directory)) === undefined) return renamed;
  throw new Error(
    `PostgreSQL cannot run as root, and user id ${user.uid} cannot reach ${missed}. Put it where every user ` +
      'may enter (chmod o+x on its parents; DATA_DIR moves the data), start as another user, or set DATABASE_URL',
  );
}

async function systemUser(): Promise<{ uid: number; gid: number }> {
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: await idOf(user, '-u'), gid: await idOf(user, '-g') };
    } catch {
      // No such user here: try the next.
    }
  }
  return { uid: 65_534, gid: 65_534 };
}

async function idOf(user: string, flag: '-u' | '-g'): Promise<number> {
  return Number((await run('id', [flag, user])).stdout);
}

/** Lets the system itself answer what the user can't reach. */
async function unreachable(runAs: RunAs, program: string, directory: string): Promise<string | undefined> {
  const succeeds = (file: string, ...parameters: string[]) => {
    const command = commandAs(runAs, file, parameters);
    return run(command.program, command.parameters, { ...command.ids, cwd: '/' }).then(
      () => true,
      () => false,
    );
  };
  if (!(await succeeds(program, '--version'))) return `the program ${program}`;
  if (!(await succeeds('/bin/sh', '-c', 'cd "$1"', 'sh', directory)))
    return `the data directory ${directory}`;
  return undefined;
}
