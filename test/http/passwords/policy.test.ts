import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { BreachFileError, openBreachFile } from '../../../src/http/passwords/breach-file.ts';
import { isCommonPassword } from '../../../src/http/passwords/common-passwords.ts';
import { createPasswordPolicy } from '../../../src/http/passwords/policy.ts';

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();

async function fileOf(t: ExecutionContext, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bourse-breaches-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'hashes.txt');
  await writeFile(path, text);
  return path;
}

test('knows the passwords that many have, whatever their case', (t) => {
  for (const password of ['123qweasdzxc', 'qwertyqwerty', 'leavemealone', 'LeaveMeAlone', 'unbelievable']) {
    t.true(isCommonPassword(password), password);
  }
  for (const password of ['', 'correct horse battery', 'lLx72-pQm1!kd93', 'leavemealonee']) {
    t.false(isCommonPassword(password), password);
  }
});

test('finds exactly what is in a breach file, whatever its line ends and the lengths of its counts', async (t) => {
  const words = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 50 });
  const counts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 12n }), { minLength: 50, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(
      words,
      counts,
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      async (all, many, end, open) => {
        const [inside, outside] = [
          all.filter((_, index) => index % 2 === 0),
          all.filter((_, index) => index % 2 === 1),
        ];
        if (inside.length === 0) return;
        const lines = inside
          .map(sha1)
          .sort()
          .map((hash, index) => `${hash}:${many[index]}`);
        const path = await fileOf(t, lines.join(end) + (open ? '' : end));
        const file = await openBreachFile(path);
        for (const word of inside) t.true(await file.has(word), word);
        for (const word of outside) t.false(await file.has(word), word);
      },
    ),
    { numRuns: 40 },
  );
});

test('a file that is no breach file, or is not there, is refused at once', async (t) => {
  await t.throwsAsync(openBreachFile('/nonexistent'), {
    instanceOf: BreachFileError,
    message: /can’t be read \(ENOENT\)/,
  });
  const path = await fileOf(t, 'password\n123456\n');
  await t.throwsAsync(openBreachFile(path), { message: /no lines of SHA-1:count/ });
  await t.throwsAsync(createPasswordPolicy(path));
});

test('refuses what can be told from the person, the exchange, or the beginning', async (t) => {
  const policy = await createPasswordPolicy();
  const weak = (password: string) => policy.weaknessOf(password, 'alice.liddell@wonderland.example');
  for (const password of [
    'aaaaaaaaaaaa',
    'abababababab',
    '123456789012345',
    'abcdefghijklmnop',
    'zyxwvutsrqponm',
    'aliceliddell12',
    'Wonderland2026',
    'bourse-bourse-1',
    'Passw0rd!Passw0rd!',
    'alice.liddell@wonderland.example',
  ]) {
    t.is(await weak(password), 'predictable_password', password);
  }
  t.is(await weak('123qweasdzxc'), 'breached_password');
  for (const password of [
    'correct horse battery',
    'alice in a box of 7 hats',
    'кот сидит на окне',
    'xK2!vT9#qLw4',
  ]) {
    t.is(await weak(password), undefined, password);
  }
});

test('asks the operator’s own file as well', async (t) => {
  const policy = await createPasswordPolicy(await fileOf(t, `${sha1('a leaked pass phrase')}:3\n`));
  t.is(await policy.weaknessOf('a leaked pass phrase', 'a@b.example'), 'breached_password');
  t.is(await policy.weaknessOf('another pass phrase', 'a@b.example'), undefined);
});
