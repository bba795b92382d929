import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from '../../../Sources/Server/web/common/format.js';
import * as time from '../../../Sources/Server/web/common/time.js';
import { readState, writeState } from '../../../Sources/Server/web/logs/state.js';

test('times keep their microseconds', () => {
  assert.equal(time.stamp('2025-01-03T14:32:12.345678Z', 'utc', 6), '2025-01-03 14:32:12.345678');
  assert.equal(time.stamp('2025-01-03T14:32:12.345678Z', 'utc'), '2025-01-03 14:32:12.345');
  assert.equal(time.stamp('nonsense'), 'nonsense');
});

test('durations and ages have two units at most', () => {
  assert.equal(time.duration(4_980), '1h 23m');
  assert.equal(time.duration(0), '0s');
  assert.equal(time.duration(86_400), '1d');
  assert.equal(time.duration(null), '–');
  const now = Date.parse('2025-01-03T14:00:00Z');
  assert.equal(time.relative('2025-01-03T13:58:00Z', now), '2m ago');
  assert.equal(time.relative('2025-01-03T14:00:30Z', now), 'in 30s');
  assert.equal(time.relative(null, now), 'never');
  assert.equal(time.widthMs('1h30m'), 5_400_000);
  assert.equal(time.widthMs('250ms'), 250);
  assert.equal(time.justAfter('2025-01-03T14:32:12.999999Z'), '1735914733000000');
  assert.equal(time.justAfter('2025-01-03T14:32:12Z'), '1735914732000001');
});

test('numbers are short and right', () => {
  assert.equal(format.bytes(1_536), '1.50 KiB');
  assert.equal(format.bytes(12), '12 B');
  assert.equal(format.short(12_345), '12.3k');
  assert.equal(format.short(5_000_000), '5M');
  assert.equal(format.plural(1, 'device'), '1 device');
});

test('the address says what is shown', () => {
  const state = {
    query: 'level:ERROR "a b" | top 5 module',
    entry: '1-0-0-1',
    columns: ['time', 'message'],
    wrap: true,
    time: 'utc',
    live: false,
  };
  assert.deepEqual(readState(writeState(state)), state);
  assert.equal(writeState({ ...readState(''), query: '' }), '');
});

test('numbers are grouped as Intl groups them', () => {
  const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
  for (const number of [
    0,
    7,
    999,
    1_000,
    12_345,
    999_999,
    1_000_000,
    1_234_567_890,
    0.5,
    1.239,
    1_234.5,
    -1,
    -4_321.25,
    -0.001,
    '2500',
  ])
    assert.equal(format.count(number), plain.format(number).replace(/^-0$/, '0'));
  assert.equal(format.count(null), '–');
  assert.equal(format.count(NaN), 'NaN');
});
