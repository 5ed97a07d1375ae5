import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import {
  type FlowCommand,
  FlowFormatError,
  parseFlowLine,
  readFlow,
} from '../../../examples/replay-flow/flow-file.ts';
import { createDataDirectory } from '../../support/database.ts';

async function collect(path: string): Promise<FlowCommand[]> {
  const commands: FlowCommand[] = [];
  for await (const command of readFlow(path)) commands.push(command);
  return commands;
}

test('every kind of line is read', (t) => {
  t.deepEqual(parseFlowLine('N 7 B 23500 150000000', 1), {
    type: 'place',
    id: '7',
    side: 'buy',
    timeInForce: 'gtc',
    price: 23_500n,
    quantity: 150_000_000n,
  });
  t.like(parseFlowLine('I 8 S 1 2', 1), { type: 'place', side: 'sell', timeInForce: 'ioc' });
  t.deepEqual(parseFlowLine('M 9 S 5', 1), { type: 'market', id: '9', side: 'sell', quantity: 5n });
  t.deepEqual(parseFlowLine('X 9', 1), { type: 'cancel', id: '9' });
  t.deepEqual(parseFlowLine('R 9 B 3 4', 1), { type: 'replace', id: '9', price: 3n, quantity: 4n });
  t.deepEqual(parseFlowLine('D 9 4', 1), { type: 'reduce', id: '9', quantity: 4n });
});

test('a line that is no command is named by its number', async (t) => {
  for (const line of [
    'N 1 B 1',
    'N 1 C 1 1',
    'N 1 B -1 1',
    'N 1 B 1.5 1',
    'Q 1',
    'X',
    'X 1 2',
    'n 1 B 1 1',
  ]) {
    t.throws(() => parseFlowLine(line, 12), { instanceOf: FlowFormatError, message: /^Line 12 / }, line);
  }
  const file = join(await createDataDirectory(t), 'flow.txt');
  await writeFile(file, '# made up\nX 1\n\nX one two\n');
  await t.throwsAsync(() => collect(file), { instanceOf: FlowFormatError, message: /^Line 4 / });
});

test('a file may be plain or gzip; one that is missing or cut off is an error', async (t) => {
  const folder = await createDataDirectory(t);
  const text = Array.from({ length: 5_000 }, (_, id) => `N ${id} B ${id + 1} 1`).join('\r\n');
  await writeFile(join(folder, 'plain'), text);
  await writeFile(join(folder, 'packed'), gzipSync(text));
  await writeFile(join(folder, 'cut'), gzipSync(text).subarray(0, 2_000));
  t.is((await collect(join(folder, 'plain'))).length, 5_000);
  t.deepEqual(await collect(join(folder, 'packed')), await collect(join(folder, 'plain')));
  await t.throwsAsync(() => collect(join(folder, 'cut')));
  await t.throwsAsync(() => collect(join(folder, 'none')), { code: 'ENOENT' });
});
