// All sessions: what devices did from a start to an end.

import { get } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { select } from '../common/dialog.js';
import { empty, failure } from '../common/empty.js';
import { count, plural } from '../common/format.js';
import { bind } from '../common/keys.js';
import { poll } from '../common/poll.js';
import { start } from '../common/start.js';
import { statusMark } from '../common/status.js';
import { table } from '../common/table.js';
import { duration, moment, relative, stamp } from '../common/time.js';
import { visible } from '../logs/row.js';
import { name } from '../fleet/names.js';
import { logsOfSession } from './links.js';

const REFRESH_MS = 5_000;
const PAGE = 100;
const STATUSES = ['active', 'completed', 'failed', 'aborted'];
const RANGES = [
  ['1d', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
  ['', 'All time'],
];

function show(root) {
  document.title = 'Sessions · LogDB';
  new SessionsView(root).start();
}

class SessionsView {
  #signature = '';
  limit = PAGE;

  constructor(root) {
    const parameters = new URLSearchParams(location.search);
    this.filter = {
      device: parameters.get('device') ?? '',
      status: parameters.get('status') ?? '',
      since: parameters.get('since') ?? '7d',
      until: parameters.get('until') ?? '',
      capsule: parameters.get('capsule') ?? '',
    };
    const known = RANGES.some(([value]) => value === this.filter.since);
    this.summary = h('span', { class: 'muted', role: 'status' });
    this.body = h('div', { class: 'card' });
    this.devices = h('datalist', { id: 'session-devices' });
    const set = (key) => (event) => this.#set({ [key]: event.target.value });
    const dates = (label) => h('input', { type: 'date', 'aria-label': label, onchange: () => this.#chooseDates() });
    this.from = dates('Started on or after');
    this.to = dates('Started on or before');
    this.range = select('since', RANGES, this.filter.since, {
      'aria-label': 'Time',
      onchange: () => this.#chooseRange(),
    });
    if (!known) this.#showDates();
    replace(
      root,
      h(
        'div',
        { class: 'page' },
        h('div', { class: 'page-head' }, h('h1', {}, 'Sessions'), this.summary),
        h(
          'div',
          { class: 'row', role: 'group', 'aria-label': 'Filters' },
          this.devices,
          h('input', {
            type: 'search',
            list: 'session-devices',
            placeholder: 'All devices',
            'aria-label': 'Device',
            value: this.filter.device,
            onchange: set('device'),
          }),
          select(
            'status',
            [['', 'All statuses'], ...STATUSES.map((status) => [status, name(status)])],
            this.filter.status,
            { 'aria-label': 'Status', onchange: set('status') },
          ),
          this.range,
          this.from,
          this.to,
          h('input', {
            type: 'search',
            placeholder: 'All capsules',
            'aria-label': 'Capsule',
            value: this.filter.capsule,
            onchange: set('capsule'),
          }),
        ),
        this.body,
      ),
    );
    bind('/', 'find sessions of a device', () => root.querySelector('input[type="search"]').focus());
  }

  start() {
    this.polling = poll(REFRESH_MS, () => this.#load());
    get('/fleet/devices', { limit: 1_000 }).then(
      ({ devices }) =>
        replace(
          this.devices,
          devices.map((device) => h('option', { value: device.dsn })),
        ),
      () => {},
    );
  }

  #chooseRange() {
    this.from.value = '';
    this.to.value = '';
    this.range.querySelector('[data-dates]')?.remove();
    this.#set({ since: this.range.value, until: '' });
  }

  /** Days of this computer's zone, the last one whole. */
  #chooseDates() {
    const midnight = (input, days) => {
      if (!input.value) return '';
      const day = new Date(`${input.value}T00:00`);
      day.setDate(day.getDate() + days);
      return moment(day.getTime());
    };
    this.#set({ since: midnight(this.from, 0), until: midnight(this.to, 1) });
    this.#showDates();
  }

  #showDates() {
    this.range.querySelector('[data-dates]')?.remove();
    this.range.append(h('option', { value: this.filter.since, selected: true, data: { dates: '' } }, 'Dates chosen'));
  }

  #set(change) {
    Object.assign(this.filter, change);
    const parameters = new URLSearchParams(
      Object.entries(this.filter).filter(([key, value]) => value && !(key === 'since' && value === '7d')),
    );
    if (this.filter.since === '') parameters.set('since', '');
    history.replaceState(null, '', '/sessions' + (parameters.size ? '?' + parameters : ''));
    this.polling.now();
  }

  async #load() {
    try {
      const answer = await get('/sessions', { ...this.filter, limit: this.limit });
      this.#draw(answer);
    } catch (error) {
      this.#signature = '';
      replace(
        this.body,
        failure(error, () => this.polling.now()),
      );
    }
  }

  #draw({ sessions, next_cursor: next }) {
    const active = sessions.filter((session) => session.status === 'active').length;
    replace(
      this.summary,
      `${next ? `the last ${count(sessions.length)} sessions` : plural(sessions.length, 'session')}, ${count(active)} active`,
    );
    const signature = JSON.stringify([sessions, next]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    if (sessions.length === 0) {
      const isFiltered =
        this.filter.device || this.filter.status || this.filter.since || this.filter.until || this.filter.capsule;
      return replace(
        this.body,
        isFiltered
          ? empty(
              'No session is like that',
              'Take a filter away, or look at a longer time.',
              h('button', { type: 'button', onclick: () => location.assign('/sessions?since=') }, 'Show all sessions'),
            )
          : empty(
              'There are no sessions yet',
              'A session is here from the first entry with a session_id on, or when its device says that it starts one.',
              h(
                'pre',
                {},
                `curl ${location.origin}/api/v1/logs/ingest -H 'Content-Type: application/x-ndjson' \\\n  --data-binary '{"device":"Robot-1","session_id":"first_run","message":"hello"}'`,
              ),
            ),
      );
    }
    replace(
      this.body,
      table(
        [
          {
            name: 'Session',
            cell: (session) => [
              h('a', { href: `/sessions/${session.id}` }, visible(session.name)),
              session.name === session.session_id
                ? null
                : h('div', { class: 'hush mono' }, visible(session.session_id)),
            ],
          },
          {
            name: 'Device',
            cell: (session) => h('a', { href: `/fleet/${session.device_id}` }, visible(session.device)),
          },
          {
            name: 'Started',
            className: 'nowrap',
            cell: (session) => h('span', { title: stamp(session.started_at) }, relative(session.started_at)),
          },
          { name: 'Duration', className: 'num', cell: (session) => duration(session.duration_seconds) },
          { name: 'Status', cell: (session) => statusMark(session.status) },
          { name: 'Entries', className: 'num', cell: (session) => count(session.total_logs) },
          {
            name: 'Errors',
            className: 'num',
            cell: (session) =>
              h('span', { class: session.error_count ? 'tone-bad' : 'muted' }, count(session.error_count)),
          },
          {
            name: 'Warnings',
            className: 'num',
            cell: (session) =>
              h('span', { class: session.warning_count ? 'tone-warn' : 'muted' }, count(session.warning_count)),
          },
          {
            name: 'Actions',
            cell: (session) =>
              h(
                'div',
                { class: 'row actions-cell' },
                h(
                  'a',
                  {
                    class: 'button',
                    href: `/sessions/${session.id}/files`,
                    'aria-label': `Files of ${visible(session.name)}`,
                  },
                  symbol('folder'),
                  'Files',
                ),
                h(
                  'a',
                  { class: 'button', href: logsOfSession(session), 'aria-label': `Logs of ${visible(session.name)}` },
                  symbol('file'),
                  'Logs',
                ),
              ),
          },
        ],
        sessions,
        { label: 'Sessions', address: (session) => `/sessions/${session.id}`, hidden: ['Actions'] },
      ),
      next
        ? h(
            'div',
            { class: 'body' },
            h(
              'button',
              {
                type: 'button',
                onclick: () => {
                  this.limit = Math.min(10_000, this.limit * 5);
                  this.polling.now();
                },
              },
              'More sessions',
            ),
          )
        : null,
    );
  }
}

start(show);
