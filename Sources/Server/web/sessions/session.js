// One session: how it went over time, and its entries.

import { get, isAbort } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { failure } from '../common/empty.js';
import { count } from '../common/format.js';
import { poll } from '../common/poll.js';
import { start } from '../common/start.js';
import { statusMark } from '../common/status.js';
import { duration, relative, stamp } from '../common/time.js';
import { toast } from '../common/toast.js';
import { contextQuery, fieldName, quoted } from '../logs/clauses.js';
import { visible } from '../logs/row.js';
import { EntryStream } from '../logs/stream.js';
import { logsOfSession, sessionQuery } from './links.js';
import { Timeline } from './timeline.js';

const REFRESH_MS = 5_000;
const ALL = { since: '1970-01-01T00:00:00Z' };

async function show(root, id) {
  document.title = 'Session · LogDB';
  try {
    await new SessionPage(root, await get(`/sessions/${encodeURIComponent(id)}`)).start();
  } catch (error) {
    if (!isAbort(error)) replace(root, h('h1', { class: 'sr-only' }, 'Session'), failure(error));
  }
}

class SessionPage {
  #request = null;

  constructor(root, session) {
    this.session = session;
    document.title = `${session.name} · LogDB`;
    this.head = h('div', {});
    this.stats = h('div', { class: 'stats' });
    this.timeline = new Timeline({ onRange: (range) => this.#loadEntries(range ?? ALL) });
    const state = { columns: ['time', 'level', 'module', 'message'], wrap: false, time: 'local' };
    this.count = h('span', { class: 'muted' });
    this.stream = new EntryStream({
      state,
      onChange: () => this.#count(),
      onError: (error) => toast(error.message, true),
      actions: {
        filter: (field, value, isExcluded) =>
          this.#toLogs(`${isExcluded ? '-' : ''}${fieldName(field)}:${quoted(value)}`),
        inContext: (row) => location.assign(`/logs?query=${encodeURIComponent(contextQuery(row))}&entry=${row.id}`),
        addColumn: (name) => {
          state.columns = [
            ...state.columns.filter((column) => column !== 'message' && column !== name),
            name,
            'message',
          ];
          this.stream.redraw();
        },
      },
    });
    replace(
      root,
      h(
        'div',
        { class: 'page' },
        this.head,
        this.stats,
        h('section', { class: 'card' }, h('header', {}, h('h2', {}, 'Timeline')), this.timeline.element),
        h(
          'section',
          { class: 'card' },
          h(
            'header',
            {},
            h('h2', {}, 'Entries'),
            this.count,
            h('a', { class: 'button', href: logsOfSession(session) }, 'View in Logs'),
          ),
          h('div', { class: 'session-rows' }, this.stream.element),
        ),
      ),
    );
  }

  async start() {
    this.#draw();
    await Promise.all([this.#loadEntries(ALL), this.#loadTimeline()]);
    if (this.session.status !== 'active') return;
    const polling = poll(REFRESH_MS, async () => {
      this.session = await get(`/sessions/${this.session.id}`);
      this.#draw();
      await this.#loadTimeline();
      if (this.session.status !== 'active') polling.stop();
    });
  }

  #toLogs(clause) {
    location.assign('/logs?query=' + encodeURIComponent(`${sessionQuery(this.session)} ${clause} since:1970-01-01`));
  }

  async #loadTimeline() {
    this.timeline.show(await get(`/sessions/${this.session.id}/timeline`));
  }

  async #loadEntries(range) {
    this.#request?.abort();
    this.#request = new AbortController();
    const isLive = range === ALL && this.session.status === 'active';
    const query = sessionQuery(this.session);
    try {
      await this.stream.load({ query, ...range }, isLive ? query : null, this.#request.signal);
    } catch (error) {
      if (!isAbort(error)) toast(error.message, true);
    }
  }

  #count() {
    replace(
      this.count,
      `${count(this.stream.store.count)} loaded${this.stream.hasOlder ? ', older ones when you scroll up' : ''}`,
    );
  }

  #draw() {
    const { session } = this;
    replace(
      this.head,
      h(
        'nav',
        { class: 'crumbs', 'aria-label': 'Path' },
        h('a', { href: '/sessions' }, 'Sessions'),
        '›',
        h('span', {}, visible(session.name)),
      ),
      h(
        'div',
        { class: 'page-head' },
        h('h1', {}, visible(session.name)),
        statusMark(session.status),
        h('a', { class: 'button', href: `/sessions/${session.id}/files` }, symbol('folder'), 'Files'),
        h('a', { class: 'button', href: logsOfSession(session) }, symbol('file'), 'Logs'),
      ),
    );
    replace(
      this.stats,
      [
        ['Device', h('a', { href: `/fleet/${session.device_id}` }, visible(session.device))],
        ['Started', h('span', { title: stamp(session.started_at) }, relative(session.started_at))],
        ['Duration', duration(session.duration_seconds)],
        ['Entries', count(session.total_logs)],
        ['Errors', h('span', { class: session.error_count ? 'tone-bad' : '' }, count(session.error_count))],
        ['Warnings', h('span', { class: session.warning_count ? 'tone-warn' : '' }, count(session.warning_count))],
      ].map(([label, value]) =>
        h('div', { class: 'stat' }, h('div', { class: 'label' }, label), h('div', { class: 'value' }, value)),
      ),
    );
  }
}

start(show);
