import { sql } from 'slonik';
import { z } from 'zod';
import { openDatabase } from '../src/cli/database.ts';
import { readConfig } from '../src/config.ts';
import { peopleFile } from './alive/people-file.ts';
import { hasBook, inventPeople, setUpPeople } from './alive/set-up-people.ts';
import { describePeople } from './alive/sheet.ts';
import { createRestClient } from './client/rest.ts';
import { runDemo } from './demo/run.ts';
import { asLocalOperator } from './local-operator.ts';

/**
 * What `npm start` runs beside the exchange, in a process of its own, so that the exchange opens onto something alive: people to
 * sign in as, withdrawals that wait for approval, and a few simulated traders. It uses the API like anybody, and the rights that
 * whoever has the machine has.
 */

const TRADERS = 6;
/** Commands a second, of all together: enough to look at, little to run. */
const RATE = 20;
const LOOK_AFTER_MS = 1_000;

const config = readConfig();
const url = process.argv[2] ?? `http://127.0.0.1:${config.port}`;
const publicUrl = process.argv[3] ?? url;
const ending = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort());

const file = peopleFile(config.dataDir);
const rest = createRestClient(url);
await bringPeople();
const remembered = file.read();
await runDemo({
  url,
  config,
  traders: TRADERS,
  rate: RATE,
  seconds: undefined,
  signal: ending.signal,
  random: Math.random,
  progress: false,
  known: remembered?.traders ?? [],
  onEnlisted(trader) {
    const people = file.read() ?? { people: [], traders: [], complete: true };
    file.write({ ...people, traders: [...people.traders, trader] });
  },
});

/** The customers' orders are there to be looked at: in a thin book they would be taken at once. */
function placeOnceThereIsABook(place: () => Promise<void>): void {
  const look = async () => {
    if (await hasBook(rest)) await place();
    else placeOnceThereIsABook(place);
  };
  const complain = (error: Error) => process.stderr.write(`demo: ${error.message}\n`);
  setTimeout(() => look().catch(complain), LOOK_AFTER_MS).unref();
}

/** Nobody is made up at an exchange that has users of its own. */
async function bringPeople(): Promise<void> {
  const database = await openDatabase(config, () => {});
  try {
    const { users } = await database.pool.one(
      sql.type(z.strictObject({ users: z.bigint() }))`select count(*) as users from users`,
    );
    let people = file.read();
    if (people === undefined) {
      if (users > 0n) return;
      people = inventPeople();
      file.write(people);
    }
    if (!people.complete) {
      const { pool } = database;
      const begun = people;
      const setUp = await asLocalOperator(config, rest, (operator) =>
        setUpPeople({ pool, rest, operator, file, people: begun }),
      );
      people = setUp.people;
      placeOnceThereIsABook(setUp.placeOrders);
    }
    if (people.people.length > 0) process.stdout.write(describePeople(people, publicUrl, config.host));
  } finally {
    await database.close();
  }
}
