import { get } from '../common/api.js';
import { h, replace } from '../common/dom.js';
import { count } from '../common/format.js';
import { table } from '../common/table.js';
import { stamp } from '../common/time.js';
import { visible } from '../logs/row.js';
import { card } from './parts.js';

const PAGE = 100;

/** What was done by whom; each entry seals those before it by its hash. */
export async function showAudit(root) {
  let entries = [];
  let cursor = null;
  const verdict = h('span', { class: 'muted', role: 'status' });
  const load = async () => {
    const answer = await get('/admin/audit', { limit: PAGE, cursor });
    entries = entries.concat(answer.entries);
    cursor = answer.next_cursor;
    replace(
      root,
      card(
        'Audit log',
        entries.length
          ? [
              table(
                [
                  { name: 'Time', className: 'nowrap mono', cell: (entry) => stamp(entry.time) },
                  { name: 'Who', cell: (entry) => visible(entry.actor) },
                  { name: 'Did', cell: (entry) => h('code', {}, entry.action) },
                  { name: 'To', cell: (entry) => visible(entry.target ?? '') },
                  {
                    name: 'Outcome',
                    cell: (entry) =>
                      h(
                        'span',
                        { class: entry.outcome === 'ok' || entry.outcome === 'success' ? '' : 'tone-warn' },
                        entry.outcome,
                      ),
                  },
                  { name: 'From', className: 'mono', cell: (entry) => entry.address },
                  {
                    name: 'Detail',
                    cell: (entry) =>
                      visible(typeof entry.detail === 'string' ? entry.detail : JSON.stringify(entry.detail ?? '')),
                  },
                ],
                entries,
                { label: 'Audit log' },
              ),
              cursor ? h('div', { class: 'body' }, h('button', { type: 'button', onclick: load }, 'Older')) : null,
            ]
          : h(
              'p',
              { class: 'body muted' },
              'Nothing yet: changes of users, keys and devices, sign-ins and refusals are written here.',
            ),
        verdict,
        h('button', { type: 'button', onclick: verify }, 'Verify the chain'),
      ),
    );
  };
  const verify = async () => {
    replace(verdict, 'Checking…');
    const { chain } = await get('/admin/audit', { limit: 1, verify: 'true' });
    verdict.className = chain.intact ? 'tone-ok' : 'tone-bad';
    replace(verdict, chain.intact ? `Intact: ${count(chain.entries)} entries` : `Broken at entry ${chain.broken_at}`);
  };
  await load();
}
