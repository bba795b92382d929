import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPolicy, readSize, writePolicy, writeSize } from '../../../Sources/Server/web/admin/policy.js';
import { readMetrics } from '../../../Sources/Server/web/admin/metrics.js';
import { fileList, readCSV, viewerOf } from '../../../Sources/Server/web/sessions/tree.js';
import { ceiling } from '../../../Sources/Server/web/common/chart.js';

test('comma-separated values are read as RFC 4180 has them', () => {
  assert.deepEqual(readCSV('a,b\r\n1,"x, ""y""\nz"\n', 9), [
    ['a', 'b'],
    ['1', 'x, "y"\nz'],
  ]);
  assert.deepEqual(readCSV('a\n1\n2\n3', 2), [['a'], ['1']]);
  assert.deepEqual(readCSV('a,\n', 9), [['a', '']]);
  assert.deepEqual(readCSV('', 9), []);
});

test('a file is shown as what it is said to be, and never as a page', () => {
  const viewer = (path, type) => viewerOf({ path, content_type: type });
  assert.equal(viewer('a.png', 'image/png'), 'image');
  assert.equal(viewer('a.PNG', 'application/octet-stream'), 'image');
  assert.equal(viewer('a.svg', 'image/svg+xml'), null);
  assert.equal(viewer('a.html', 'text/html'), 'text');
  assert.equal(viewer('a', 'text/csv; charset=utf-8'), 'table');
  assert.equal(viewer('a.json', ''), 'json');
  assert.equal(viewer('a.log', undefined), 'text');
  assert.equal(viewer('a.bin', 'application/octet-stream'), null);
});

test('the files of a tree are counted at any depth', () => {
  const tree = [
    {
      type: 'directory',
      name: 'a',
      children: [
        { type: 'artifact', path: 'a/b' },
        { type: 'directory', name: 'c', children: [{ type: 'log', path: 'a/c/d' }] },
      ],
    },
    { type: 'log', path: 'e' },
  ];
  assert.deepEqual(
    fileList(tree).map((file) => [file.path, file.depth]),
    [
      ['a/b', 1],
      ['a/c/d', 2],
      ['e', 0],
    ],
  );
});

test('metrics without labels are read', () => {
  const values = readMetrics('# HELP x\nlogdb_a_total 12\nlogdb_b{route="/"} 3\nlogdb_c 1.5e3\n');
  assert.deepEqual(
    [...values],
    [
      ['logdb_a_total', 12],
      ['logdb_c', 1500],
    ],
  );
});

test('the top of an axis is round and not below what is drawn', () => {
  for (const value of [0.3, 1, 7, 23, 99, 101, 2_400, 1e6])
    assert.ok(ceiling(value) >= value * 0.999 && ceiling(value) <= value * 2.6, String(value));
  assert.equal(ceiling(0), 1);
});

test('sizes are read as they are written', () => {
  for (const [text, size] of [
    ['', null],
    [' 500 GB ', 500e9],
    ['1.5TiB', 1.5 * 2 ** 40],
    ['4096', 4096],
    ['7 mb', 7e6],
  ]) {
    assert.equal(readSize(text), size);
    assert.equal(readSize(writeSize(size)), size);
  }
  assert.equal(writeSize(500e9), '500 GB');
  assert.equal(writeSize(2 ** 30), '1 GiB');
  assert.equal(writeSize(12345), '12345');
  for (const text of ['much', '5 bananas', '-1 GB', '1,5 GB']) assert.throws(() => readSize(text), /is no size/);
});

test('a policy that is shown and read again is the same', () => {
  const policy = {
    cold_after: '7d',
    delete_after: null,
    bytes_max: 500e9,
    hot_bytes_max: null,
    rules: [
      { environment: 'testing', device: null, module: 'nav', levels: ['DEBUG', 'INFO'], delete_after: '3d' },
      { environment: null, device: 'ROB-7', module: null, levels: null, delete_after: null },
    ],
  };
  assert.deepEqual(readPolicy(writePolicy(policy)), policy);
});
