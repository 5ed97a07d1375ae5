import { fileURLToPath } from 'node:url';

/**
 * What takes longest, longest first: begun last, one of these would keep a single processor busy while the others have
 * nothing left to do.
 */
const LONG = [
  'simulation/simulation',
  'server/kill',
  'server/start',
  'simulation/planted-bugs',
  'server/takeover',
  'server/database-killed',
  'db/embedded',
  'examples/replay-flow',
  'actors/markets/differential',
  'server/',
  'db/',
];

function placeOf(file) {
  const place = LONG.findIndex((part) => file.includes(`/test/${part}`));
  return place === -1 ? LONG.length : place;
}

export default {
  extensions: { ts: 'module' },
  files: ['test/**/*.test.ts'],
  // A hundred test files and the processes that they start load the same modules: each is compiled once.
  environmentVariables: {
    NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/node-compile-cache', import.meta.url)),
  },
  sortTestFiles: (one, other) => placeOf(one) - placeOf(other) || one.localeCompare(other),
  timeout: '120s',
  // One more than processors in the smallest machine it is run on: some tests wait for a disk or for time to pass.
  concurrency: 3,
};
