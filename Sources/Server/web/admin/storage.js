import { get, post } from '../common/api.js';
import { ask, field, select } from '../common/dialog.js';
import { h, replace } from '../common/dom.js';
import { bytes, count } from '../common/format.js';
import { table } from '../common/table.js';
import { stamp, widthMs } from '../common/time.js';
import { toast } from '../common/toast.js';
import { narrowed } from '../logs/buckets.js';
import { card, share, stat } from './parts.js';

const DAYS_SHOWN = 60;
const DAY_MS = 86_400_000;

/** What is stored and what it costs: by tier, by column, by day. */
export async function showStorage(root) {
  const [storage, days] = await Promise.all([get('/admin/storage'), entriesByDay()]);
  const { hot, cold } = storage.tiers;
  const stored = hot.bytes + cold.bytes;
  const raw = hot.raw_bytes + cold.raw_bytes;
  const columnBytes = storage.columns.reduce((sum, column) => sum + column.bytes, 0);
  const mostOfDay = Math.max(1, ...days.map((day) => day.count));
  const entries = hot.entries + cold.entries;
  replace(
    root,
    h(
      'div',
      { class: 'stats' },
      stat('Entries', count(entries)),
      stat('In blocks', bytes(stored)),
      stat(
        'Compression',
        stored ? `${(raw / stored).toFixed(1)} : 1` : '–',
        raw ? `${bytes(raw)} of text and values` : 'once something is sealed',
      ),
      stat('An entry takes', entries && stored ? `${(stored / entries).toFixed(1)} B` : '–'),
      stat('On disk, all told', bytes(storage.directory_bytes)),
      stat('In memory, not sealed', count(storage.head.entries), bytes(storage.head.bytes)),
      stat(
        'Encryption',
        storage.encryption_key ? 'On' : 'Off',
        storage.encryption_key ? `key ${storage.encryption_key}` : 'of cold tier, files, backups',
      ),
    ),
    card(
      'Tiers',
      table(
        [
          { name: 'Tier', cell: (tier) => tier.name },
          { name: 'Entries', className: 'num', cell: (tier) => count(tier.entries) },
          { name: 'Blocks', className: 'num', cell: (tier) => count(tier.blocks) },
          { name: 'Bytes', className: 'num', cell: (tier) => bytes(tier.bytes) },
          { name: 'Before compression', className: 'num', cell: (tier) => bytes(tier.raw_bytes) },
          {
            name: 'Ratio',
            className: 'num',
            cell: (tier) => (tier.bytes ? `${(tier.raw_bytes / tier.bytes).toFixed(1)} : 1` : '–'),
          },
        ],
        [
          { name: 'Hot', ...hot },
          { name: 'Cold', ...cold },
        ],
        { label: 'Tiers' },
      ),
      h('button', { type: 'button', onclick: compact }, 'Compact'),
      h('button', { type: 'button', onclick: moveToCold }, 'Move old days to cold'),
      h('button', { type: 'button', onclick: verify }, 'Verify'),
      h('button', { type: 'button', onclick: backUp }, 'Back up'),
    ),
    h(
      'div',
      { class: 'columns' },
      card(
        'By column',
        storage.columns.length
          ? table(
              [
                { name: 'Column', cell: (column) => h('code', {}, column.name) },
                { name: 'Bytes', className: 'num', cell: (column) => bytes(column.bytes) },
                {
                  name: 'Share',
                  className: 'num',
                  cell: (column) => [
                    `${((column.bytes / columnBytes) * 100).toFixed(1)}% `,
                    share(column.bytes / columnBytes),
                  ],
                },
              ],
              storage.columns,
              { label: 'Columns' },
            )
          : h('p', { class: 'body muted' }, 'Nothing is sealed yet. Compact seals what is in memory.'),
      ),
      card(
        'By day',
        days.length
          ? table(
              [
                { name: 'Day (UTC)', cell: (day) => stamp(day.time, 'utc', 0).slice(0, 10) },
                { name: 'Entries', className: 'num', cell: (day) => count(day.count) },
                {
                  name: 'About',
                  className: 'num',
                  cell: (day) => (entries && stored ? bytes(Math.round((day.count / entries) * stored)) : '–'),
                },
                { name: 'Share of the largest', className: 'num', cell: (day) => share(day.count / mostOfDay) },
              ],
              days,
              { label: 'Days' },
            )
          : h('p', { class: 'body muted' }, 'There are no entries yet.'),
      ),
    ),
  );
}

/** The days that have entries, the newest first. */
async function entriesByDay() {
  let answer = await get('/logs/histogram', { since: '1970-01-01' });
  for (let range = narrowed(answer); range && widthMs(answer.step) > DAY_MS; range = narrowed(answer)) {
    answer = { ...(await get('/logs/histogram', range)), isNarrowed: true };
  }
  const used = answer.buckets.filter((bucket) => bucket.count);
  if (used.length === 0) return [];
  const until = new Date(Date.parse(used.at(-1).time) + widthMs(answer.step) + DAY_MS).toISOString();
  const since = new Date(Math.max(Date.parse(used[0].time), Date.parse(until) - 5_000 * DAY_MS)).toISOString();
  const days = await get('/logs/histogram', { since, until, step: '1d' });
  return days.buckets
    .filter((bucket) => bucket.count)
    .toReversed()
    .slice(0, DAYS_SHOWN);
}

async function compact() {
  await post('/admin/compact').then(
    ({ job_id: job }) => toast(`Compaction began as job ${job}; see Jobs`),
    (error) => toast(error.message, true),
  );
}

function moveToCold() {
  return ask({
    title: 'Move old days to the cold tier',
    action: 'Move',
    danger: true,
    body: [
      h('p', {}, 'Days whose entries are all older are packed harder and moved. Queries read hot and cold as one.'),
      field(
        'Older than',
        select(
          'older_than',
          [
            ['1d', '1 day'],
            ['7d', '7 days'],
            ['30d', '30 days'],
          ],
          '7d',
        ),
      ),
    ],
    run: async ({ older_than }) => {
      const { job_id: job } = await post('/admin/tier', { older_than });
      toast(`Moving began as job ${job}; see Jobs`);
    },
  });
}

function verify() {
  return ask({
    title: 'Verify what is stored',
    action: 'Verify',
    body: [
      h(
        'p',
        {},
        'Every byte is read and compared with its checksum, and with what else is known of it. Queries go on.',
      ),
      field(
        'Damage',
        select(
          'repair',
          [
            ['', 'is told of'],
            ['yes', 'is repaired where that can be, and else set aside'],
          ],
          '',
        ),
      ),
    ],
    run: async ({ repair }) => {
      const { job_id: job } = await post('/admin/verify', { repair: repair === 'yes' });
      toast(`Verifying began as job ${job}; see Jobs`);
    },
  });
}

function backUp() {
  return ask({
    title: 'Back up',
    action: 'Back up',
    body: [
      h('p', {}, 'All that is stored is copied, beside what goes on; what is there already is not copied again.'),
      field(
        'To',
        h('input', {
          name: 'to',
          required: true,
          autocomplete: 'off',
          placeholder: '/mnt/backup or s3://bucket/prefix',
        }),
        'A directory on the server’s machine, or a place in S3.',
      ),
    ],
    run: async ({ to }) => {
      const { job_id: job } = await post('/admin/backup', { to });
      toast(`The backup began as job ${job}; see Jobs`);
    },
  });
}
