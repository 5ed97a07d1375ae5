import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ROLES } from '../../src/domain/roles.ts';

const credentials = z.strictObject({ email: z.string(), password: z.string() });
const person = credentials.extend({
  role: z.enum(ROLES),
  /** Base32; null until he has set his authenticator up. */
  totpSecret: z.string().nullable(),
});
const content = z.strictObject({
  people: z.array(person),
  /** Simulated traders of earlier starts. */
  traders: z.array(credentials),
  /** Whether everything is set up that people find. */
  complete: z.boolean(),
});

export type DemoPerson = z.output<typeof person>;
export type DemoPeople = z.output<typeof content>;

/** What the demo has to remember from start to start: who it made up, with which secrets. For its owner's eyes only. */
export interface PeopleFile {
  /** undefined: nobody was made up here yet. */
  read(): DemoPeople | undefined;
  write(people: DemoPeople): void;
}

export function peopleFile(dataDir: string): PeopleFile {
  const path = join(dataDir, 'demo-people.json');
  return {
    read() {
      try {
        return content.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write(people) {
      mkdirSync(dirname(path), { recursive: true });
      // Whenever it is killed, the old file is whole or the new one.
      writeFileSync(`${path}.new`, `${JSON.stringify(people, undefined, 2)}\n`, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}
