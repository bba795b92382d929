// The last entries of something, in short; each leads to the logs view.

import { get } from '../common/api.js';
import { h, replace } from '../common/dom.js';
import { levelMark } from '../common/levels.js';
import { stamp } from '../common/time.js';
import { contextQuery } from './clauses.js';
import { visible } from './row.js';

/** The newest `limit` entries, the newest at the bottom. */
export function recentLogs(parameters, limit) {
  const list = h('ol', { class: 'log-lines', tabindex: '0', 'aria-label': 'Last entries' });
  const element = h('div', {}, list);
  let last = null;
  async function load() {
    const { rows } = await get('/logs', { ...parameters, limit });
    if (rows[0]?.id === last && last !== null) return;
    const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    last = rows[0]?.id ?? '';
    replace(
      list,
      rows.length
        ? rows
            .toReversed()
            .map((row) =>
              h(
                'li',
                {},
                h('span', { class: 'muted' }, stamp(row.time, 'local', 0)),
                levelMark(row.level),
                h('span', {}, visible(row.module)),
                h(
                  'span',
                  { title: visible(row.message).slice(0, 400) },
                  h(
                    'a',
                    { href: `/logs?query=${encodeURIComponent(contextQuery(row))}&entry=${row.id}` },
                    visible(row.message) || '(empty)',
                  ),
                ),
              ),
            )
        : h('li', {}, h('span', { class: 'muted' }, 'None yet.')),
    );
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }
  return { element, load };
}
