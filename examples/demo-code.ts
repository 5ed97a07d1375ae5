import { readConfig } from '../src/config.ts';
import { peopleFile } from './alive/people-file.ts';
import { codeOf } from './alive/set-up-people.ts';

/** `npm run demo:code -- EMAIL`: what the authenticator of somebody of the demo shows now. */

const [email] = process.argv.slice(2);
const person = peopleFile(readConfig().dataDir)
  .read()
  ?.people.find((one) => one.email === email);
if (person?.totpSecret) process.stdout.write(`${codeOf(person.totpSecret, Date.now())}\n`);
else {
  process.stderr.write(`demo:code: there is no ${email ?? 'e-mail'} in the demo of this data directory.\n`);
  process.exitCode = 1;
}
