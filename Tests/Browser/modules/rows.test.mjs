import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowed } from '../../../Sources/Server/web/logs/buckets.js';
import { Heights, SCROLL_PX_MAX, scrollScale } from '../../../Sources/Server/web/logs/heights.js';
import { TailMachine } from '../../../Sources/Server/web/logs/live.js';
import { compareIDs, RowStore } from '../../../Sources/Server/web/logs/rowstore.js';

/** The same numbers in every run. */
function seeded(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

test('heights agree with a plain list of them', () => {
  const random = seeded(9);
  const heights = new Heights(22);
  let plain = [];
  for (let step = 0; step < 4_000; step += 1) {
    const kind = random(4);
    if (kind === 0 || plain.length === 0) {
      const at = random(3) ? plain.length : random(plain.length + 1);
      const count = 1 + random(5);
      heights.insert(at, count);
      plain = [...plain.slice(0, at), ...Array(count).fill(22), ...plain.slice(at)];
    } else if (kind === 1 && random(40) === 0) {
      const count = random(plain.length);
      heights.removeFirst(count);
      plain = plain.slice(count);
    } else if (kind === 1) {
      const at = random(plain.length);
      plain[at] = 10 + random(200);
      heights.set(at, plain[at]);
    } else {
      const at = random(plain.length + 1);
      assert.equal(
        heights.top(at),
        plain.slice(0, at).reduce((sum, height) => sum + height, 0),
      );
    }
    if (step % 50 === 0 && plain.length) {
      const place = random(Math.ceil(heights.total));
      const index = heights.at(place);
      assert.ok(heights.top(index) <= place && place < heights.top(index) + plain[index]);
    }
  }
});

test('five million rows are held, and found by any place of the scroll bar', () => {
  const heights = new Heights(22);
  heights.reset(5_000_000);
  assert.equal(heights.total, 110_000_000);
  const scale = scrollScale(heights.total, 600);
  assert.ok(Math.abs((SCROLL_PX_MAX - 600) * scale - (heights.total - 600)) < 1);
  assert.equal(heights.at(heights.total - 1), 4_999_999);
  assert.equal(scrollScale(1_000, 600), 1);
});

const row = (time, position = 0) => ({ id: `${time.toString(36)}-1-1-${position.toString(36)}` });

test('rows that come in any order lie in one', () => {
  const random = seeded(3);
  const all = Array.from({ length: 500 }, (_, index) => row(1_000 + (index >> 1) * 40, index));
  const store = new RowStore();
  const shuffled = [...all];
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = random(index + 1);
    [shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]];
  }
  for (const one of shuffled) assert.ok(store.insert(one) >= 0);
  for (const one of shuffled) assert.equal(store.insert(one), -1);
  assert.deepEqual(store.rows, all);
  assert.ok(compareIDs('z-1-1-1', '10-1-1-0') < 0);
});

test('pages go before, and nothing is there twice', () => {
  const store = new RowStore();
  assert.equal(store.prepend([row(30), row(20)]), 2);
  assert.equal(store.prepend([row(20), row(10)]), 1);
  assert.deepEqual(store.rows, [row(10), row(20), row(30)]);
  // What is older than all that is loaded comes with its page.
  assert.equal(store.insert(row(5), true), -1);
  assert.equal(store.insert(row(5), false), 0);
});

test('the oldest rows are forgotten, and come again as new ones', () => {
  const store = new RowStore();
  store.prepend([row(50), row(40), row(30), row(20)]);
  store.dropOldest(2);
  assert.deepEqual(store.rows, [row(40), row(50)]);
  assert.equal(store.prepend([row(40), row(30), row(20)]), 2);
  assert.deepEqual(store.rows, [row(20), row(30), row(40), row(50)]);
});

test('a tail goes on from the last whole frame', () => {
  const machine = new TailMachine('level:ERROR');
  assert.deepEqual(machine.start(), { open: { query: 'level:ERROR' } });
  assert.deepEqual(machine.receive({ type: 'rows', rows: [], cursor: 'a.1' }), { rows: [], began: true });
  assert.equal(machine.state, 'live');
  assert.equal(machine.receive({ type: 'rows', rows: [], cursor: 'a.1' }).began, false);
  machine.receive({ type: 'rows', rows: [1], cursor: null });
  assert.equal(machine.cursor, 'a.1');
  assert.deepEqual(machine.closed(), { wait: 500 });
  assert.deepEqual(machine.start().open.cursor, 'a.1');
  assert.deepEqual(machine.closed(), { wait: 1_000 });
  for (let times = 0; times < 20; times += 1) assert.ok(machine.closed().wait <= 15_000);
  machine.receive({ type: 'dropped', count: 3 });
  machine.receive({ type: 'dropped', count: 4 });
  assert.equal(machine.droppedCount, 7);
  // Going on from a cursor is no beginning.
  assert.equal(machine.receive({ type: 'rows', rows: [], cursor: 'a.2' }).began, false);
  machine.stop();
  assert.deepEqual(machine.closed(), {});
});

test('all time is narrowed to where entries are', () => {
  const buckets = Array.from({ length: 60 }, (_, index) => ({
    time: new Date(index * 364 * 86_400_000).toISOString(),
    count: index === 55 ? 9 : 0,
  }));
  const range = narrowed({ step: '364d', buckets });
  assert.equal(range.since, new Date(55 * 364 * 86_400_000).toISOString());
  assert.equal(range.until, new Date(56 * 364 * 86_400_000).toISOString());
  assert.equal(
    narrowed({
      step: '1m',
      buckets: buckets.map((bucket, index) => ({ ...bucket, time: new Date(index * 60_000).toISOString() })),
    }),
    null,
  );
  assert.equal(narrowed({ step: '364d', buckets: buckets.map((bucket) => ({ ...bucket, count: 0 })) }), null);
});
