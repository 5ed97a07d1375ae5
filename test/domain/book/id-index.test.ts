import test from 'ava';
import { createBook } from '../../../src/domain/book/book.ts';
import { BUY, COMMAND_WORDS, GTC, writeCancel, writePlace } from '../../../src/domain/book/commands.ts';
import { EventBuffer } from '../../../src/domain/book/events.ts';
import { IdIndex } from '../../../src/domain/book/id-index.ts';

test('finds open ids and no others, whatever their distance', (t) => {
  const index = new IdIndex(4);
  const ids = [1, 2, 63, 64, 65, 5_000, 1e6, 1e8, 2 ** 31, 2 ** 32 + 1, 2 ** 52, Number.MAX_SAFE_INTEGER];
  ids.forEach((id, position) => {
    index.insert(index.locate(id), id, position + 1);
  });
  ids.forEach((id, position) => {
    t.is(index.get(id), position + 1, `${id}`);
  });
  for (const id of [3, 66, 5_001, 1e6 + 64, 1e8 + 1, 2 ** 32, 2 ** 52 + 1, 0])
    t.is(index.get(id), 0, `${id}`);
  for (const id of ids) index.delete(index.locate(id), id);
  for (const id of ids) t.is(index.get(id), 0);
  t.is(index.pageCount, 0);
});

test('takes ids in any order, as a restored book gives them', (t) => {
  const ids = Array.from({ length: 3000 }, (_, step) => 1 + ((step * 7_919_777) % 30_000_001));
  const index = new IdIndex(16);
  ids.forEach((id, position) => {
    index.insert(index.locate(id), id, position + 1);
  });
  ids.forEach((id, position) => {
    t.is(index.get(id), position + 1);
  });
  // The ids that come next, 20 million of them skipped, push the older pages out of the ring.
  for (let id = 50_000_000; id < 50_010_000; id += 1) index.insert(index.locate(id), id, 7);
  ids.forEach((id, position) => {
    t.is(index.get(id), position + 1);
    index.delete(index.locate(id), id);
    t.is(index.get(id), 0);
  });
  t.is(index.pageCount, Math.floor(50_009_999 / 64) - 50_000_000 / 64 + 1);
});

test('a page is freed with its last open id, so memory does not grow with history', (t) => {
  const book = createBook();
  const events = new EventBuffer();
  const batch = 10_000;
  const open = 1000;
  const commands = new Float64Array(2 * batch * COMMAND_WORDS);
  for (let start = 1; start <= 50 * batch; start += batch) {
    for (let step = 0; step < batch; step += 1) {
      const id = start + step;
      writePlace(commands, 2 * step, {
        id,
        side: BUY,
        priceTicks: 1000 + (id % 50),
        quantityLots: 1,
        timeInForce: GTC,
      });
      writeCancel(commands, 2 * step + 1, Math.max(1, id - open));
    }
    events.clear();
    book.execute(commands, 2 * batch, events);
    t.true(book.restingCount <= open);
    t.true(book.indexPageCount <= Math.ceil(open / 64) + 1, `${book.indexPageCount} pages`);
  }
});

test('one old order keeps one page', (t) => {
  const book = createBook();
  book.restore({ id: 1, side: BUY, priceTicks: 5, shownLots: 5 });
  for (let id = 1_000_000; id < 1_000_064; id += 1)
    book.restore({ id, side: BUY, priceTicks: 6, shownLots: 5 });
  t.is(book.indexPageCount, 2);
  t.true(book.has(1));
});
