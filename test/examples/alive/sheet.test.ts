import test from 'ava';
import { describePeople } from '../../../examples/alive/sheet.ts';

const PEOPLE = { people: [], traders: [], complete: true };

for (const [host, isWarned] of [
  ['127.0.0.1', false],
  ['127.3.2.1', false],
  ['localhost', false],
  ['::1', false],
  ['0.0.0.0', true],
  ['::', true],
  ['192.168.1.20', true],
  ['127.0.0.1.example.com', true],
] as const) {
  test(`whoever starts the demo on ${host} is ${isWarned ? '' : 'not '}warned that others reach it`, (t) => {
    t.is(describePeople(PEOPLE, 'http://localhost:3000', host).includes('WARNING'), isWarned);
  });
}
