// How entries come in: rates, what was refused, and what is kept of that.

import { get, metricsText, post, remove } from '../common/api.js';
import { lineChart } from '../common/chart.js';
import { ask } from '../common/dialog.js';
import { h, replace } from '../common/dom.js';
import { bytes, count, plural, short } from '../common/format.js';
import { poll } from '../common/poll.js';
import { mayServe } from '../common/session.js';
import { table } from '../common/table.js';
import { relative, stamp } from '../common/time.js';
import { toast } from '../common/toast.js';
import { visible } from '../logs/row.js';
import { readMetrics } from './metrics.js';
import { card, stat } from './parts.js';

const REFRESH_MS = 3_000;
const POINTS_MAX = 200;

export async function showIngest(root) {
  const numbers = h('div', { class: 'stats' });
  const chart = h('div', { class: 'body' });
  const refused = h('div', {});
  const points = [];
  let before = null;
  const load = async () => {
    if (mayServe('operate')) {
      const now = { at: Date.now(), values: readMetrics(await metricsText()) };
      const value = (name) => now.values.get(name) ?? 0;
      const rate = (name) =>
        before ? Math.max(0, ((value(name) - (before.values.get(name) ?? 0)) * 1000) / (now.at - before.at)) : null;
      const accepted = rate('logdb_entries_accepted_total');
      if (accepted !== null) points.push({ time: now.at, value: accepted });
      if (points.length > POINTS_MAX) points.shift();
      replace(
        numbers,
        stat(
          'Entries a second',
          accepted === null ? '…' : short(accepted),
          `${count(value('logdb_entries_accepted_total'))} since the start`,
        ),
        stat('Bytes a second', before ? bytes(Math.round(rate('logdb_ingest_body_bytes_total'))) : '…'),
        stat('Refused entries', count(value('logdb_entries_rejected_total'))),
        stat('Sent twice', count(value('logdb_entries_duplicate_total')), 'recognised, stored once'),
        stat(
          'Live tails',
          count(value('logdb_live_streams')),
          `${count(value('logdb_live_dropped_total'))} rows dropped`,
        ),
        stat('Devices online', count(value('logdb_devices_online'))),
        stat(
          'Taking entries',
          value('logdb_accepting') ? 'yes' : 'no',
          value('logdb_accepting') ? null : 'see /ready for the reason',
        ),
        stat('Memory of the server', bytes(value('logdb_process_resident_bytes'))),
      );
      replace(
        chart,
        points.length > 1
          ? lineChart([{ name: 'Entries a second', points }], { label: 'Entries a second, since this page was opened' })
          : h('p', { class: 'muted' }, 'Measuring…'),
      );
      before = now;
    }
  };
  let signature = '';
  const loadRefused = async () => {
    const answer = await get('/logs/quarantine', { limit: 100 });
    if (JSON.stringify(answer) === signature) return;
    signature = JSON.stringify(answer);
    replace(
      refused,
      card(
        `Refused batches: ${count(answer.batches.length)}${answer.next_cursor ? '+' : ''}, ${bytes(answer.bytes)} of ${bytes(answer.bytes_max)}${answer.evicted ? `, ${count(answer.evicted)} pushed out` : ''}`,
        answer.batches.length
          ? table(
              [
                {
                  name: 'Received',
                  className: 'nowrap',
                  cell: (batch) => h('span', { title: relative(batch.received) }, stamp(batch.received, 'local', 0)),
                },
                {
                  name: 'From',
                  cell: (batch) => [
                    visible(batch.device || batch.sender || '–'),
                    h('div', { class: 'hush' }, batch.address),
                  ],
                },
                {
                  name: 'Why',
                  cell: (batch) => [
                    h('code', {}, batch.code),
                    h('div', { class: 'hush' }, visible(batch.detail ?? '')),
                  ],
                },
                {
                  name: 'Refused',
                  className: 'num',
                  cell: (batch) => (batch.rejected ? plural(batch.rejected, 'entry', 'entries') : 'all of it'),
                },
                { name: 'Size', className: 'num', cell: (batch) => bytes(batch.bytes) },
                {
                  name: 'Actions',
                  cell: (batch) =>
                    h(
                      'div',
                      { class: 'row actions-cell' },
                      h(
                        'a',
                        {
                          class: 'button',
                          href: `/api/v1/logs/quarantine/${batch.id}`,
                          download: `refused-${batch.id}`,
                        },
                        'Download',
                      ),
                      h('button', { type: 'button', onclick: () => replay(batch).then(loadRefused) }, 'Try again'),
                      h('button', { type: 'button', onclick: () => discard(batch).then(loadRefused) }, 'Discard'),
                    ),
                },
              ],
              answer.batches,
              { label: 'Refused batches', hidden: ['Actions'] },
            )
          : h(
              'p',
              { class: 'body muted' },
              'None. What is refused for good is kept here with the reason, so that nothing is lost before somebody looked at it.',
            ),
      ),
    );
  };
  replace(root, numbers, mayServe('operate') ? card('Rate', chart) : null, refused);
  await Promise.all([load(), loadRefused()]);
  return poll(REFRESH_MS, () => Promise.all([load(), loadRefused()])).stop;
}

async function replay(batch) {
  await post(`/logs/quarantine/${batch.id}/replay`).then(
    (answer) => toast(`${count(answer.accepted)} stored, ${count(answer.rejected)} still refused`),
    (error) => toast(error.message, true),
  );
}

function discard(batch) {
  return ask({
    title: 'Discard this batch?',
    action: 'Discard',
    danger: true,
    body: h('p', {}, 'What it holds was never stored, and is gone then. Download it first to keep it.'),
    run: () => remove(`/logs/quarantine/${batch.id}`),
  });
}
