// What pipes make of entries: a table, with a chart where there is something to draw.

import { h, symbol } from '../common/dom.js';
import { count } from '../common/format.js';
import { LEVELS, levelMark } from '../common/levels.js';
import { lineChart } from '../common/chart.js';
import { stamp } from '../common/time.js';
import { patternFilter } from './clauses.js';
import { visible } from './row.js';
import { trend } from './trend.js';

const TIMES = new Set(['time', 'received', 'first_seen', 'last_seen']);
const SERIES_MAX = 12;

/** `actions`: `search(text)`, `filterText()`, `more` or null. */
export function drawResults(answer, state, actions) {
  const { columns, rows } = answer;
  if (columns.join() === 'pattern,count,first_seen,last_seen,example') return drawPatterns(rows, state, actions);
  const numbers = columns.filter(
    (column) =>
      rows.some((row) => typeof row[column] === 'number') &&
      rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
  const most =
    numbers.length === 1 && !columns.includes('time') ? Math.max(...rows.map((row) => row[numbers[0]] ?? 0)) : 0;
  return h(
    'div',
    { class: 'results' },
    chartOf(columns, rows, numbers),
    h(
      'div',
      { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Results' },
      h(
        'table',
        { class: 'result-table' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            columns.map((column) => h('th', { class: numbers.includes(column) ? 'num' : '' }, visible(column))),
            most > 0 ? h('th', {}, h('span', { class: 'sr-only' }, 'Share')) : null,
          ),
        ),
        h(
          'tbody',
          {},
          rows.map((row) =>
            h(
              'tr',
              {},
              columns.map((column) => cell(column, row[column], numbers, state)),
              most > 0 ? h('td', { class: 'share' }, meter((row[numbers[0]] ?? 0) / most)) : null,
            ),
          ),
        ),
      ),
    ),
    actions.more
      ? h('div', { class: 'row more' }, h('button', { type: 'button', onclick: actions.more }, 'More rows'))
      : null,
  );
}

function meter(part) {
  const inner = h('span', {});
  inner.style.width = `${Math.max(0, Math.min(1, part)) * 100}%`;
  return h('span', { class: 'meter', 'aria-hidden': 'true' }, inner);
}

function cell(column, value, numbers, state) {
  if (value === null || value === undefined)
    return h('td', { class: numbers.includes(column) ? 'num muted' : 'muted' }, '–');
  if (numbers.includes(column)) return h('td', { class: 'num' }, count(value));
  if (column === 'level' && LEVELS.includes(value)) return h('td', {}, levelMark(value));
  if (TIMES.has(column)) return h('td', { class: 'nowrap mono' }, stamp(value, state.time === 'utc' ? 'utc' : 'local'));
  return h('td', { class: 'mono' }, visible(typeof value === 'object' ? JSON.stringify(value) : String(value)));
}

/** A line for each combination of the other columns' values. */
function chartOf(columns, rows, numbers) {
  if (!columns.includes('time') || numbers.length === 0 || rows.length < 2) return null;
  const names = columns.filter((column) => column !== 'time' && !numbers.includes(column));
  const series = new Map();
  for (const row of rows) {
    for (const number of numbers) {
      const name = [
        ...names.map((column) => row[column] ?? '–'),
        ...(numbers.length > 1 || names.length === 0 ? [number] : []),
      ].join(' · ');
      if (!series.has(name)) {
        if (series.size >= SERIES_MAX) continue;
        series.set(name, []);
      }
      series.get(name).push({ time: Date.parse(row.time), value: row[number] });
    }
  }
  const lines = [...series].map(([name, points]) => ({
    name,
    className: LEVELS.includes(name) ? `level-line-${name}` : '',
    points: points.toSorted((a, b) => a.time - b.time),
  }));
  return h(
    'div',
    { class: 'result-chart' },
    lineChart(lines, { height: 180, label: 'Results over time', legend: lines.length > 1 }),
  );
}

function drawPatterns(rows, state, actions) {
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  return h(
    'div',
    { class: 'results' },
    h(
      'div',
      { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Patterns' },
      h(
        'table',
        { class: 'patterns' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { class: 'num' }, 'Count'),
            h('th', { class: 'num' }, 'Share'),
            h('th', {}, 'Over time'),
            h('th', {}, 'Pattern'),
            h('th', {}, 'Last seen'),
            h('th', {}, h('span', { class: 'sr-only' }, 'Actions')),
          ),
        ),
        h(
          'tbody',
          {},
          rows.map((row) => {
            const filter = patternFilter(row.pattern);
            const query = [actions.filterText(), filter].filter(Boolean).join(' ');
            return h(
              'tr',
              {},
              h('td', { class: 'num' }, count(row.count)),
              h('td', { class: 'num muted' }, `${((row.count / total) * 100).toFixed(1)}%`),
              h('td', {}, filter ? trend(query, actions.parameters()) : null),
              h('td', { class: 'mono' }, patternText(row.pattern), h('div', { class: 'hush' }, visible(row.example))),
              h('td', { class: 'nowrap mono' }, stamp(row.last_seen, state.time === 'utc' ? 'utc' : 'local', 0)),
              h(
                'td',
                { class: 'nowrap' },
                filter
                  ? h('button', { type: 'button', onclick: () => actions.search(query) }, symbol('search'), 'Show')
                  : null,
                ' ',
                filter
                  ? h(
                      'button',
                      {
                        type: 'button',
                        onclick: () => actions.search(`${actions.filterText()} -${filter}`.trim() + ' | patterns'),
                      },
                      'Hide',
                    )
                  : null,
              ),
            );
          }),
        ),
      ),
    ),
    actions.more
      ? h('div', { class: 'row more' }, h('button', { type: 'button', onclick: actions.more }, 'More patterns'))
      : null,
  );
}

/** A pattern with its places set apart. */
const patternText = (pattern) =>
  visible(pattern)
    .split(/(<(?:num|hex|uuid|\*)>)/)
    .map((part, index) => (index % 2 ? h('span', { class: 'slot' }, part) : part));
