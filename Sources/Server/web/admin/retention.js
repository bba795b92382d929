import { get } from '../common/api.js';
import { h, replace } from '../common/dom.js';
import { count } from '../common/format.js';
import { table } from '../common/table.js';
import { relative, stamp } from '../common/time.js';
import { card } from './parts.js';
import { PolicyForm } from './policyform.js';

/** How long entries are kept, and what was deleted by query. */
export async function showRetention(root) {
  const [policy, { deletions }] = await Promise.all([get('/admin/retention'), get('/admin/deletions')]);
  replace(
    root,
    card('How long entries are kept', new PolicyForm(policy).element),
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
        : h(
            'div',
            { class: 'body form' },
            h('p', { class: 'muted' }, 'Nothing was deleted by query. The dry run only counts:'),
            h('pre', { class: 'code' }, "logdb admin delete 'level:DEBUG until:30d' --dry-run"),
          ),
    ),
  );
}
