import assert from 'node:assert/strict';
import { test } from 'node:test';
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
