// One entry: a line of its columns, and when it is open everything that is known of it.

import { h, symbol } from '../common/dom.js';
import { levelMark } from '../common/levels.js';
import { relative, stamp } from '../common/time.js';
import { contextQuery, quoted } from './clauses.js';

// oxlint-disable no-control-regex -- these are what is looked for.

/** Control characters would move what stands beside them; they are shown as what they are. */
export const visible = (text) =>
  text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u{${character.codePointAt(0).toString(16)}}`,
  );

const WIDTHS = {
  time: '23ch',
  received: '23ch',
  level: '6ch',
  device: '16ch',
  session: '18ch',
  module: '14ch',
  logger: '16ch',
  process: '8ch',
  thread: '16ch',
  message: 'minmax(24ch, 1fr)',
};

export const template = (columns, time) =>
  columns.map((column) => (column === 'time' && time === 'relative' ? '10ch' : (WIDTHS[column] ?? '14ch'))).join(' ');

/** Characters of a cell that are laid out; the open entry has all of them. */
const LINE_MAX = 1_000;
const WRAPPED_MAX = 20_000;

function cellText(row, column, time, isWrapped) {
  if (column === 'time' || column === 'received')
    return time === 'relative' && column === 'time' ? relative(row.time) : stamp(row[column], time);
  const text = String((column in row ? row[column] : row.context?.[column]) ?? '');
  const shown =
    visible(text.slice(0, isWrapped ? WRAPPED_MAX : LINE_MAX)) +
    (text.length > (isWrapped ? WRAPPED_MAX : LINE_MAX) ? '…' : '');
  // A line is one line, whatever is in it.
  return isWrapped ? shown : shown.replaceAll('\n', ' ⏎ ');
}

export function drawRow(row, state) {
  return h(
    'div',
    { class: `entry is-${row.level}`, role: 'row', data: { id: row.id } },
    h(
      'div',
      { class: 'line', role: 'presentation' },
      state.columns.map((column) =>
        h(
          'span',
          {
            class: `cell c-${column}`,
            role: 'gridcell',
            title: column === 'time' ? stamp(row.time, 'utc', 6) + ' UTC' : null,
          },
          column === 'level' ? levelMark(row.level) : cellText(row, column, state.time, state.wrap),
        ),
      ),
    ),
  );
}

const IDENTIFIERS = ['device', 'session', 'module', 'logger', 'process', 'thread'];

/** `actions`: `filter(field, value, isExcluded)`, `inContext(row)`, `addColumn(name)`. */
export function drawDetail(row, state, actions) {
  const fields = [
    ['level', row.level],
    ...IDENTIFIERS.filter((name) => row[name]).map((name) => [name, row[name]]),
    ...Object.entries(row.context ?? {}).map(([name, value]) => [name, value, true]),
  ];
  const address = new URL(`/logs?query=${encodeURIComponent(contextQuery(row))}&entry=${row.id}`, location.href).href;
  return h(
    'div',
    { class: 'detail', role: 'gridcell' },
    h(
      'div',
      { class: 'detail-time' },
      h('strong', {}, stamp(row.time, state.time === 'utc' ? 'utc' : 'local', 6)),
      h(
        'span',
        { class: 'muted' },
        ` ${relative(row.time)} · received ${stamp(row.received, state.time === 'utc' ? 'utc' : 'local', 6)}`,
        row.device_time ? ` · the device’s clock said ${stamp(row.device_time, 'utc', 6)} UTC` : '',
      ),
    ),
    h('pre', { class: 'message' }, visible(row.message)),
    h(
      'div',
      { class: 'fields' },
      fields.map(([name, value, isContext]) => fieldRow(name, String(value), isContext, actions)),
    ),
    h(
      'div',
      { class: 'row' },
      h('button', { type: 'button', onclick: () => copyText(asText(row), 'The entry was') }, symbol('copy'), 'Copy'),
      h(
        'button',
        { type: 'button', onclick: () => copyText(JSON.stringify(row, null, 2), 'The entry’s JSON was') },
        'Copy JSON',
      ),
      row.session
        ? h(
            'a',
            {
              class: 'button',
              href: `/logs?query=${encodeURIComponent(`device:${quoted(row.device)} session:${quoted(row.session)} since:1970-01-01`)}&entry=${row.id}`,
            },
            'View Full Session',
          )
        : null,
      h('button', { type: 'button', onclick: () => actions.inContext(row) }, 'View in Context'),
      h('a', { class: 'button', href: address }, symbol('link'), 'Link to this entry'),
    ),
  );
}

/** Copies text; what says so is loaded when it is first wanted. */
async function copyText(text, what) {
  const { copy } = await import('../common/toast.js');
  copy(text, what);
}

function fieldRow(name, value, isContext, actions) {
  const shown = visible(value);
  const reference =
    isContext &&
    ['level', 'device', 'session', 'module', 'logger', 'process', 'thread', 'message', 'time'].includes(name)
      ? '@' + name
      : name;
  const action = (text, mark, run) =>
    h('button', { type: 'button', class: 'icon plain', title: text, 'aria-label': text, onclick: run }, mark);
  return h(
    'div',
    { class: 'field-row' },
    h('span', { class: 'name' }, visible(name)),
    h(
      'span',
      { class: 'tools' },
      action(`Only ${name} ${shown.slice(0, 60)}`, symbol('plus'), () => actions.filter(reference, value, false)),
      action(`Without ${name} ${shown.slice(0, 60)}`, symbol('minus'), () => actions.filter(reference, value, true)),
      isContext ? action(`Show ${name} as a column`, symbol('columns'), () => actions.addColumn(name)) : null,
    ),
    h('span', { class: 'value' }, shown),
  );
}

function asText(row) {
  const context = Object.entries(row.context ?? {}).map(([name, value]) => `  ${name}: ${value}`);
  return [`${row.time} ${row.level} ${row.device} ${row.session} ${row.module} ${row.message}`, ...context].join('\n');
}
