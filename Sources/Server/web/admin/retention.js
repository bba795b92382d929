import { get } from '../common/api.js';
import { h, replace } from '../common/dom.js';
import { count } from '../common/format.js';
import { table } from '../common/table.js';
import { relative, stamp } from '../common/time.js';
import { card } from './parts.js';

/** How long entries are kept, and what was deleted by query. */
export async function showRetention(root) {
  const { deletions } = await get('/admin/deletions');
  replace(
    root,
    card(
      'How long entries are kept',
      h(
        'div',
        { class: 'body form' },
        h(
          'p',
          {},
          'The server drops whole segments once all of their entries are older than ',
          h('code', {}, '--retention'),
          ', and moves days to the cold tier that are older than ',
          h('code', {}, '--cold-after'),
          '. Both are settings of ',
          h('code', {}, 'logdb serve'),
          '; without the first, entries are kept for ever.',
        ),
        h('pre', { class: 'code' }, 'logdb serve --config /etc/logdb.yaml --retention 90d --cold-after 7d'),
        h('p', { class: 'muted' }, 'To take single entries away, delete by query. The dry run only counts them:'),
        h('pre', { class: 'code' }, "logdb admin delete 'level:DEBUG until:30d' --dry-run"),
      ),
    ),
    card(
      'Deletions',
      deletions.length
        ? table(
            [
              { name: 'Query', cell: (deletion) => h('code', {}, deletion.query) },
              { name: 'By', cell: (deletion) => deletion.author },
              {
                name: 'When',
                className: 'nowrap',
                cell: (deletion) => h('span', { title: stamp(deletion.created) }, relative(deletion.created)),
              },
              { name: 'Entries', className: 'num', cell: (deletion) => count(deletion.entries) },
              {
                name: 'Off the disk',
                cell: (deletion) =>
                  deletion.purged ? stamp(deletion.purged, 'local', 0) : `${count(deletion.purged_entries)} so far`,
              },
            ],
            deletions,
            { label: 'Deletions' },
          )
        : h('p', { class: 'body muted' }, 'Nothing was deleted by query.'),
    ),
  );
}
