import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import test from 'ava';

/** The rules of the tree that no compiler holds: which way imports point, who may know what, how long a file gets. */

const ROOT = resolve(import.meta.dirname, '..');
const MAX_LINES = 300;

interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Paths from the project's root, or names of packages. */
  readonly imports: readonly string[];
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('node_modules'));
}

function read(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  const imports = specifiers.map((specifier) =>
    specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), specifier)) : specifier,
  );
  return { path, text, imports };
}

const source = filesUnder('src').map(read);
const all = [...source, ...['test', 'bench', 'examples'].flatMap(filesUnder).map(read)];

/** What files of a part may import: parts of src, or packages. */
const MAY_IMPORT: Readonly<Record<string, (specifier: string) => boolean>> = {
  'src/domain/': (to) => to.startsWith('src/domain/') || to === 'xstate' || to.startsWith('dinero.js'),
  'src/actors/': (to) =>
    to.startsWith('src/actors/') || to.startsWith('src/domain/') || !to.startsWith('src/'),
  'src/db/': (to) => to.startsWith('src/db/') || to.startsWith('src/domain/') || !to.startsWith('src/'),
  // The pages run in a browser: of the rest they know only what is pure.
  'src/pages/': (to) => to.startsWith('src/pages/') || to.startsWith('src/domain/') || !to.startsWith('src/'),
  'src/signatures/': (to) =>
    to.startsWith('src/signatures/') || to.startsWith('src/domain/') || !to.startsWith('src/'),
  'src/liabilities/': (to) =>
    to.startsWith('src/liabilities/') ||
    to.startsWith('src/db/') ||
    to.startsWith('src/domain/') ||
    !to.startsWith('src/'),
  'src/custody/': (to) =>
    to.startsWith('src/custody/') ||
    to.startsWith('src/signatures/') ||
    to === 'src/actors/ports.ts' ||
    to.startsWith('src/db/') ||
    to.startsWith('src/domain/') ||
    !to.startsWith('src/'),
  'src/http/': (to) =>
    to.startsWith('src/http/') ||
    to === 'src/actors/ports.ts' ||
    to === 'src/custody/ports.ts' ||
    to.startsWith('src/signatures/') ||
    to === 'src/liabilities/publish.ts' ||
    to.startsWith('src/db/') ||
    to.startsWith('src/domain/') ||
    !to.startsWith('src/'),
};

for (const [part, mayImport] of Object.entries(MAY_IMPORT)) {
  test(`${part} imports only what lies below it`, (t) => {
    const files = source.filter((file) => file.path.startsWith(part));
    t.true(files.length > 0);
    const wrong = files.flatMap((file) =>
      file.imports.filter((to) => !mayImport(to)).map((to) => `${file.path} imports ${to}`),
    );
    t.deepEqual(wrong, []);
  });
}

test('only the gateways know Koa and ws, only actor.ts knows nact, only db knows pg', (t) => {
  const homes: readonly (readonly [pattern: RegExp, home: RegExp])[] = [
    [/^nact$/, /^src\/actors\/actor\.ts$/],
    [/^(koa|@koa\/router|koa-jwt|ws)$/, /^src\/http\//],
    [/^pg$/, /^src\/db\//],
  ];
  const wrong = source.flatMap((file) =>
    file.imports.flatMap((to) =>
      homes
        .filter(([pattern, home]) => pattern.test(to) && !home.test(file.path))
        .map(() => `${file.path} imports ${to}`),
    ),
  );
  t.deepEqual(wrong, []);
});

test('only config.ts reads the environment', (t) => {
  const wrong = source.filter((file) => file.path !== 'src/config.ts' && file.text.includes('process.env'));
  t.deepEqual(
    wrong.map((file) => file.path),
    [],
  );
});

test('the domain has no clock and no chance', (t) => {
  const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.|\bsetTimeout\(|\bprocess\./;
  const wrong = source.filter((file) => file.path.startsWith('src/domain/') && impure.test(file.text));
  t.deepEqual(
    wrong.map((file) => file.path),
    [],
  );
});

test('no file of the source is longer than 300 lines', (t) => {
  const wrong = all
    .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > MAX_LINES && !path.startsWith('test/'))
    .map(({ path, lines }) => `${path}: ${lines}`);
  t.deepEqual(wrong, []);
});

test('no file is named for nothing', (t) => {
  const nameless = all.filter((file) => /\/(utils?|helpers?|common|misc)(\/|\.ts)/.test(file.path));
  t.deepEqual(
    nameless.map((file) => file.path),
    [],
  );
});
