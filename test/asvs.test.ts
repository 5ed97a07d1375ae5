import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { createPasswordPolicy, EXCHANGE_WORDS } from '../src/http/passwords/policy.ts';

const ROOT = resolve(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

/** How many requirements each section of ASVS 5.0.0 has: chapter 1 has two in its first section, ten in its second. */
const SECTIONS: readonly (readonly number[])[] = [
  [2, 10, 12, 3, 3],
  [3, 3, 5, 2],
  [1, 3, 5, 8, 8, 1, 5],
  [5, 5, 2, 4],
  [1, 6, 3, 3],
  [3, 12, 8, 6, 8, 4, 2, 4],
  [3, 4, 2, 5, 3, 2],
  [4, 4, 3, 2],
  [3, 4],
  [2, 3, 5, 16, 5, 2, 3],
  [4, 5, 5, 4, 2, 2, 2],
  [5, 2, 5],
  [4, 6, 4, 7],
  [2, 8, 3],
  [5, 5, 7, 4],
  [1, 5, 4, 3, 4],
  [2, 8, 2],
];

const rows = [...read('docs/asvs.md').matchAll(/^\| (\d[^|]*) \| ([^|]*) \| ([^|]*) \| ?([^|]*) ?\|$/gm)].map(
  ([, numbers, asks, here, shown]) => ({ numbers: numbers!, asks: asks!, here: here!, shown: shown!.trim() }),
);

/** `1.2.6–1.2.8, 1.3.1` are four. */
function expand(numbers: string): string[] {
  return numbers.split(', ').flatMap((part) => {
    const [first, last = first] = part.split('–') as [string, string?];
    const section = first.replace(/\d+$/, '');
    const [from, to] = [first, last!].map((number) => Number(number.slice(section.length)));
    return Array.from({ length: to! - from! + 1 }, (_, index) => `${section}${from! + index}`);
  });
}

test('every requirement of ASVS 5.0.0 is in the map once', (t) => {
  const all = SECTIONS.flatMap((counts, chapter) =>
    counts.flatMap((count, section) =>
      Array.from({ length: count }, (_, index) => `${chapter + 1}.${section + 1}.${index + 1}`),
    ),
  );
  t.is(all.length, 345);
  t.deepEqual(rows.flatMap(({ numbers }) => expand(numbers)).sort(), all.sort());
});

test('a row is shown by a test or by review, or says that it is not there or not applicable', (t) => {
  for (const { numbers, here, shown } of rows) {
    const says = /^(?:not there|not applicable): /.test(here);
    t.true(says || /`test\/|^by review$|^the same/.test(shown), numbers);
    if (/^(?:not there|not applicable|in part)\b/.test(here)) t.regex(here, /^[a-z ]+: ./, numbers);
  }
});

test('what is not met is in the list at the top', (t) => {
  const list = read('docs/asvs.md').split('## V1 ')[0]!;
  const missing = rows
    .filter(({ here }) => here.startsWith('not there: '))
    .flatMap(({ numbers }) => expand(numbers))
    .filter((number) => !list.includes(number));
  // A tool that finds cryptography, and memory that is encrypted: of level 3, and for nobody here.
  t.deepEqual(missing, ['11.1.3', '11.7.1', '11.7.2']);
});

for (const name of ['docs/asvs.md', 'docs/security.md']) {
  test(`every file that ${name} names is there`, (t) => {
    const named = [
      ...read(name).matchAll(/`((?:src|test|migrations|docs|ops|bench|examples)\/[^`\s]*)`/g),
    ].map(([, path]) => path!);
    t.true(named.length > 20);
    t.deepEqual(
      named.filter((path) => !existsSync(join(ROOT, path))),
      [],
    );
  });
}

test('the words that a password must not be are those in docs/security.md', async (t) => {
  const text = read('docs/security.md');
  const paragraph = /\*\*Words that don't count in a password\*\*[^:]*: ([^.]*)\./.exec(text)![1]!;
  const documented = [...paragraph.matchAll(/`([a-z]+)`/g)].map(([, word]) => word!);
  t.deepEqual(documented, [...EXCHANGE_WORDS]);
  const policy = await createPasswordPolicy();
  for (const word of documented) {
    const weak = `${word.toUpperCase()}zQ7${word}kX`;
    t.is(await policy.weaknessOf(weak, 'ada@example.com'), 'predictable_password', weak);
  }
});

test('every package comes from the registry, with a hash', (t) => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>;
  };
  const others = Object.entries(packages).filter(([name]) => name !== '');
  t.true(others.length > 100);
  // Without an address of its own a package is looked for in the registry, by name and version.
  const isFromRegistry = ({ version = '', resolved, integrity = '', link }: (typeof packages)[string]) =>
    link !== true &&
    /^\d+\.\d+\.\d+/.test(version) &&
    (resolved === undefined || resolved.startsWith('https://registry.npmjs.org/')) &&
    /^sha512-[\w+/]{86}==$/.test(integrity);
  t.deepEqual(
    others.filter(([, one]) => !isFromRegistry(one)).map(([name]) => name),
    [],
  );
  t.notRegex(read('.npmrc'), /registry/);
});
