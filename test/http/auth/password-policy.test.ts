import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BreachFileError, openBreachFile } from '../../../src/http/auth/breach-file.ts';
import { createPasswordPolicy } from '../../../src/http/auth/password-policy.ts';
import { createDataDirectory } from '../../support/database.ts';

const email = 'ada.lovelace@analytical.example';

test('what is common or easy to guess is refused, what is neither is not', async (t) => {
  const { refuse } = createPasswordPolicy();
  for (const [password, why] of [
    ['1qaz2wsx3edc4rfv', 'breached_password'],
    ['1QAZ2WSX3edc4rfv', 'breached_password'],
    ['motherfucker', 'breached_password'],
    ['aaaaaaaaaaaa', 'predictable_password'],
    ['abcabcabcabca', 'predictable_password'],
    ['qwertyqwertyqwerty', 'predictable_password'],
    ['abcdefghijklm', 'predictable_password'],
    ['12345678901234', 'predictable_password'],
    ['zyxwvutsrqponm', 'predictable_password'],
    ['ada.lovelace1815', 'predictable_password'],
    ['LovelaceAnalytical', 'predictable_password'],
    ['Bourse-Exchange-1', 'predictable_password'],
    ['correct horse battery', undefined],
    ['ада любит математику', undefined],
    ['lovelace sleeps in the garden', undefined],
    ['kX9$wq-72mLp', undefined],
  ] as const)
    t.is(await refuse(password, email), why, password);
});

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();

async function fileOf(t: ExecutionContext, text: string): Promise<string> {
  const path = join(await createDataDirectory(t), 'pwned.txt');
  await writeFile(path, text);
  return path;
}

for (const newline of ['\n', '\r\n']) {
  for (const ending of ['', newline]) {
    test(`every line of a breach file is found and nothing else, with ${JSON.stringify(newline)} and ${JSON.stringify(ending)} at the end`, async (t) => {
      for (const count of [1, 2, 3, 100]) {
        const known = Array.from({ length: count }, (_, index) => `a breached password ${index}`);
        const lines = known.map((password, index) => `${sha1(password)}:${10 ** (index % 7)}`).sort();
        const file = await openBreachFile(await fileOf(t, lines.join(newline) + ending));
        for (const password of known) t.true(await file.has(password), password);
        for (let index = 0; index < 100; index += 1) t.false(await file.has(`not breached ${index}`));
        const policy = createPasswordPolicy(file);
        t.is(await policy.refuse(known[0]!, email), 'breached_password');
        await file.close();
      }
    });
  }
}

test('a file that is none is refused when it is opened', async (t) => {
  const paths = [
    '/nonexistent',
    await fileOf(t, ''),
    await fileOf(t, 'hello\n'),
    await fileOf(t, 'x'.repeat(999)),
  ];
  for (const path of paths) await t.throwsAsync(openBreachFile(path), { instanceOf: BreachFileError });
});
