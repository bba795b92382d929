import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as clauses from '../../../Sources/Server/web/logs/clauses.js';
import { clauses as parsed, highlight, splitPipes } from '../../../Sources/Server/web/logs/querytext.js';
import { marked, toScalars, toUnits } from '../../../Sources/Server/web/logs/marks.js';

const QUERIES = [
  '',
  '   ',
  'timeout',
  'level:ERROR module:navigation since:1h',
  '"GPS signal weak" device:Drone-* level:>=WARN between:2h..30m',
  'level:>=ERROR since:7d | stats count() as n by module, bin(1h) | sort n desc | limit 20',
  '/blk_-?[0-9]+/ x',
  '/a|b/i | top 5 module',
  'module:/^(a|b)$/ c',
  'a || b && c',
  '(retry OR GPS) weak',
  '-(a b) !c -d:e',
  'event:in(E1, E2) t:[150 TO 200]',
  '"unclosed',
  'x:"a | b" y',
  'Waypoint reached: WP-5',
  '"camera id":front',
  '@level:2',
  'a | extract "retry <n> of <max>" | where n:>2',
  '🤖 ünïcode:välue',
  'a:',
  ':',
  '|',
  '((',
  'x:(a OR (b',
  '\\"',
];

test('the pieces of a query are its text', () => {
  for (const query of QUERIES) {
    assert.equal(
      highlight(query)
        .map((piece) => piece.text)
        .join(''),
      query,
    );
    const { filter, pipes } = splitPipes(query);
    assert.equal(filter + pipes, query);
    for (const item of parsed(query)) assert.equal(query.slice(item.start, item.end), item.text);
  }
});

test('pipes begin at the first bar that no quotes, expression or operator holds', () => {
  assert.equal(splitPipes('a || b | stats count()').pipes, '| stats count()');
  assert.equal(splitPipes('x:"a | b" y').pipes, '');
  assert.equal(splitPipes('/a|b/ | limit 1').pipes, '| limit 1');
});

test('clauses are told apart', () => {
  const [phrase, device, level, time] = parsed('"GPS signal weak" -device:Drone-* level:>=WARN since:1h');
  assert.equal(phrase.kind, 'text');
  assert.deepEqual([device.field, device.value, device.isNegated], ['device', 'Drone-*', true]);
  assert.deepEqual([level.operator, level.value], ['>=', 'WARN']);
  assert.equal(time.field, 'since');
  assert.equal(
    parsed('Waypoint reached: WP-5').every((item) => item.kind === 'text'),
    true,
  );
});

test('values are added, turned round and taken away', () => {
  assert.equal(clauses.addValue('since:1h', 'module', 'nav'), 'since:1h module:nav');
  assert.equal(clauses.addValue('since:1h module:nav', 'module', 'nav'), 'since:1h module:nav');
  assert.equal(clauses.addValue('module:nav since:1h', 'module', 'nav', true), 'since:1h -module:nav');
  assert.equal(clauses.addValue('a | stats count()', 'device', 'R 1'), 'a device:"R 1" | stats count()');
  assert.equal(clauses.addValue('a OR b', 'device', 'R'), '(a OR b) device:R');
  assert.equal(clauses.addValue('', 'message', 'say "hi" \\ there\n'), 'message:"say \\"hi\\" \\\\ there\\n"');
  assert.equal(clauses.addValue('', 'session', ''), 'session:""');
});

test('what a control writes it reads back', () => {
  const awkward = [
    'plain',
    'with space',
    '"quoted"',
    'OR',
    'a..b',
    'x:y',
    '-minus',
    '*',
    'in(a)',
    'tab\there',
    '(p)',
    '',
  ];
  for (const value of awkward) {
    const text = clauses.setValues('since:1h timeout', 'device', [value]);
    assert.deepEqual(clauses.values(text, 'device'), [value], text);
  }
  const some = clauses.setValues('x device:old', 'device', ['a', 'b c', 'd']);
  assert.equal(some, 'x device:in(a, "b c", d)');
  assert.deepEqual(clauses.values(some, 'device'), ['a', 'b c', 'd']);
  assert.equal(clauses.setValues(some, 'device', []), 'x');
  assert.deepEqual(clauses.values('device:(a OR b)', 'device'), ['a', 'b']);
  for (const other of ['device:a*', 'device:/x/', 'device:a device:b', 'device:!=a', 'device:(a OR >b)'])
    assert.equal(clauses.values(other, 'device'), null, other);
});

test('every set of levels is written and read back', () => {
  const names = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
  for (let bits = 1; bits < 32; bits += 1) {
    const wanted = new Set(names.filter((_, index) => bits & (1 << index)));
    const text = clauses.setLevels('since:1h level:INFO x', wanted);
    assert.deepEqual(clauses.levels(text), wanted, text);
  }
  assert.equal(clauses.setLevels('', new Set(['WARN', 'ERROR', 'FATAL'])), 'level:>=WARN');
  assert.equal(clauses.levels('level:/W/'), null);
  assert.equal(clauses.levels('-level:DEBUG'), null);
});

test('times and words are put in place of others', () => {
  assert.equal(clauses.setTime('since:1h a until:5m tz:UTC | limit 3', 'since:1d'), 'a tz:UTC since:1d | limit 3');
  assert.equal(clauses.time('between:2h..1h x'), 'between:2h..1h');
  assert.equal(clauses.isOpenEnded('since:1h'), true);
  assert.equal(clauses.isOpenEnded('around:#1-2'), false);
  assert.equal(clauses.words('GPS level:ERROR "signal weak"'), 'GPS "signal weak"');
  assert.equal(clauses.setWords('GPS level:ERROR weak', 'lost'), 'lost level:ERROR');
});

test('a pattern becomes a filter that finds it', () => {
  assert.equal(clauses.patternFilter('Waypoint reached: WP-<num>'), '/^Waypoint reached: WP-\\S+$/');
  assert.equal(clauses.patternFilter('all quiet'), '"all quiet"');
  assert.equal(clauses.patternFilter('a/b (<num>.<hex>)'), '/^a\\/b \\(\\S+\\.\\S+\\)$/');
});

test('places count characters, not units', () => {
  assert.equal(toUnits('🤖 level', 2), 3);
  assert.equal(toScalars('🤖 level', 3), 2);
  const pieces = marked(highlight('level:EROR x'), [[6, 10]], 12);
  assert.deepEqual(
    pieces.filter((piece) => piece.isWrong).map((piece) => piece.text),
    ['EROR'],
  );
  assert.equal(pieces.map((piece) => piece.text).join(''), 'level:EROR x');
  assert.equal(marked(highlight('(a'), [[2, 3]], 2).at(-1).isWrong, true);
});

test('an entry is found among those around it', () => {
  assert.equal(
    clauses.contextQuery({ id: 'a-1-2-3', device: 'Robot 1', session: '' }),
    'device:"Robot 1" around:#a-1-2-3~5m',
  );
  assert.equal(
    clauses.contextQuery({ id: 'a-1-2-3', device: 'R', session: 's' }),
    'device:R session:s around:#a-1-2-3~5m',
  );
});
