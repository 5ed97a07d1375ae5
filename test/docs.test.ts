import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import { drawLifecycles, LIFECYCLES_FILE } from '../ops/draw-lifecycles.ts';

const ROOT = resolve(import.meta.dirname, '..');

test('the drawn lifecycles are those of the machines', (t) => {
  t.is(readFileSync(LIFECYCLES_FILE, 'utf8'), drawLifecycles(), 'run npm run draw');
});

test('every file that a document links to is there', (t) => {
  const documents = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })]
    .filter((name) => name.endsWith('.md'))
    .map((name) => (name === 'README.md' ? join(ROOT, name) : join(ROOT, 'docs', name)));
  const broken = documents.flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => resolve(dirname(document), match[1]!))
      .filter((target) => !existsSync(target))
      .map((target) => `${document} → ${target}`),
  );
  t.deepEqual(broken, []);
});

test('every npm script that the README names is there', (t) => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/npm (?:run (?:-s )?([a-z-]+)|(start|test)\b)/g)].map(
    (match) => match[1] ?? match[2]!,
  );
  t.true(named.length > 4);
  t.deepEqual(
    named.filter((name) => scripts[name] === undefined),
    [],
  );
});
