// The logs view: a query, what it finds over time, by field, and row by row, as it happens.

import { address, ApiError, get, isAbort } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { count } from '../common/format.js';
import { bind } from '../common/keys.js';
import { start } from '../common/start.js';
import { addValue, contextQuery, isOpenEnded, setTime, time } from './clauses.js';
import { Facets } from './facets.js';
import { Filters } from './filters.js';
import { Histogram } from './histogram.js';
import { QueryBar } from './querybar.js';
import { splitPipes } from './querytext.js';
import { keepState, readState } from './state.js';
import { EntryStream } from './stream.js';
import { Toolbar } from './toolbar.js';

const HISTOGRAM_REFRESH_MS = 4_000;
/** Rows of a table that are shown at first: a chart wants the whole time. */
const TABLE_ROWS = 2_000;
/** Pipes after which rows are still entries, in their order. */
const KEEPS_ENTRIES = /^\s*\|\s*(where|limit|head)\b/;

/** What draws tables and charts, which few questions ask for. */
const results = () => import('./results.js');

/** Fetches what may be wanted later: not before the first rows, and while the server is there. */
function loadTheRest() {
  const modules = [results(), import('./emptyanswer.js'), import('../common/help.js'), import('../common/toast.js')];
  // Whoever wants one tries again, and shows what fails then.
  for (const module of modules) module.catch(() => {});
}

function show(root) {
  document.title = 'Logs · LogDB';
  new LogsView(root).run();
}

class LogsView {
  #request = null;
  #zooms = [];
  #stale = 0;

  constructor(root) {
    this.state = readState(location.search);
    this.bar = new QueryBar({ onRun: (text) => this.search(text) });
    this.filters = new Filters({
      query: () => this.bar.text.trim(),
      onChange: (text) => this.search(text),
      parameters: () => this.parameters(false),
    });
    this.toolbar = new Toolbar(this);
    this.histogram = new Histogram({
      toolbar: this.toolbar.element,
      time: () => this.state.time,
      onZoom: (since, until) => this.#zoom(`since:${since} until:${until}`),
      onZoomOut: () => this.#zoomOut(),
    });
    this.facets = new Facets({
      onChoose: (field, value, isExcluded) => this.search(addValue(this.bar.text.trim(), field, value, isExcluded)),
    });
    this.stream = new EntryStream({
      state: this.state,
      actions: this,
      onChange: () => this.#showStatus(),
      onError: (error) => this.#fail(error),
      onNew: () => this.#histogramIsStale(),
    });
    this.notice = h('div', { class: 'notice', role: 'status', hidden: true });
    this.other = h('div', { class: 'other', hidden: true });
    this.newer = h('button', {
      type: 'button',
      class: 'newer primary',
      hidden: true,
      onclick: () => {
        this.stream.newCount = 0;
        this.stream.list.toBottom();
        this.#showStatus();
      },
    });
    this.status = h('footer', { class: 'logs-status', 'aria-label': 'What is shown' });
    replace(
      root,
      h('h1', { class: 'sr-only' }, 'Logs'),
      h(
        'div',
        { class: 'logs' },
        h('div', { class: 'logs-head' }, this.bar.element, this.filters.element, this.histogram.element),
        this.facets.element,
        h(
          'section',
          { class: 'logs-body', 'aria-label': 'Entries' },
          this.notice,
          this.stream.element,
          this.other,
          this.newer,
          this.status,
        ),
      ),
    );
    this.#bindKeys();
    window.addEventListener('popstate', () => {
      Object.assign(this.state, readState(location.search));
      this.run();
    });
  }

  // What is asked.

  /** The range that the query does not say is an hour, unless nothing was in it. */
  parameters(withQuery = true) {
    const range = this.isAllTime && !time(this.state.query) ? { since: '1970-01-01T00:00:00Z' } : {};
    return withQuery ? { query: this.state.query, ...range } : range;
  }

  search(text, isStep = true) {
    this.state.query = text.trim();
    this.state.entry = null;
    keepState(this.state, isStep);
    this.run();
  }

  async run() {
    this.#request?.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    this.isAllTime = false;
    document.title = `${this.state.query || 'Logs'} · LogDB`;
    if (this.bar.text.trim() !== this.state.query) this.bar.text = this.state.query;
    this.bar.showErrors([]);
    this.filters.read();
    this.toolbar.read();
    this.notice.hidden = true;
    try {
      let answer = await this.#loadRows(signal);
      if (answer.rows.length === 0 && answer.warnings.some((warning) => warning.code === 'empty_default_range')) {
        this.isAllTime = true;
        answer = await this.#loadRows(signal);
        if (answer.rows.length) this.#tell('Nothing in the last hour; these are the newest of all time.');
      }
      await this.#showAnswer(answer);
      signal.throwIfAborted();
      const around = this.parameters();
      const { filter } = splitPipes(this.state.query);
      const parameters = { ...around, query: filter.trim() };
      await this.histogram.load(parameters, signal);
      this.filters.read();
      await this.facets.load(parameters, signal);
    } catch (error) {
      if (!isAbort(error)) this.#fail(error);
    }
  }

  async #loadRows(signal) {
    const { filter, pipes } = splitPipes(this.state.query);
    // It is there when the answer is.
    if (pipes) results();
    const isLive = this.state.live && pipes === '' && isOpenEnded(filter);
    const answer = await this.stream.load(
      this.parameters(),
      isLive ? setTime(filter.trim(), '') : null,
      signal,
      pipes ? TABLE_ROWS : undefined,
    );
    this.isTable = Boolean(answer.columns) || (pipes !== '' && !KEEPS_ENTRIES.test(pipes));
    return answer;
  }

  async #showAnswer(answer) {
    this.answer = answer;
    const isEmpty = answer.rows.length === 0;
    const isTable = this.isTable && !isEmpty;
    this.stream.element.hidden = isTable || isEmpty;
    this.other.hidden = !isTable && !isEmpty;
    if (isTable) await this.#showTable(answer);
    else if (isEmpty) await this.#showNothing(answer);
    else {
      this.stream.list.toBottom();
      if (this.state.entry) this.#reveal(this.state.entry);
    }
    for (const warning of answer.warnings) if (warning.code !== 'empty_default_range') this.#tell(warning.message);
    if (answer.partial) this.#tell('Damaged blocks were left out of this answer.');
    this.#showStatus();
    // What comes after the frame's callbacks comes after it was drawn.
    requestAnimationFrame(() =>
      setTimeout(() => {
        performance.measure('logs:first-rows', { start: 0, end: performance.now() });
        loadTheRest();
      }),
    );
  }

  async #showNothing(answer) {
    const { emptyAnswer } = await import('./emptyanswer.js');
    if (this.answer === answer) replace(this.other, emptyAnswer(this.state.query, this));
  }

  async #showTable(answer) {
    const { drawResults } = await results();
    if (this.answer !== answer) return;
    const columns = answer.columns ?? ['time', 'level', 'device', 'module', 'message'];
    replace(
      this.other,
      drawResults({ columns, rows: answer.rows }, this.state, {
        search: (text) => this.search(text),
        filterText: () => splitPipes(this.state.query).filter.trim(),
        parameters: () => this.parameters(false),
        more: answer.next_cursor
          ? async () => {
              const next = await get('/logs', { ...this.parameters(), limit: 500, cursor: answer.next_cursor });
              this.answer = { ...next, columns: answer.columns, rows: answer.rows.concat(next.rows) };
              await this.#showTable(this.answer);
            }
          : null,
      }),
    );
  }

  async #reveal(id) {
    if (!(await this.stream.reveal(id)))
      this.#tell('The entry that the link names is not among what this query finds.');
  }

  async #fail(error) {
    this.stream.stop();
    const isQuery =
      error instanceof ApiError && error.status === 400 && error.errors.some((item) => Number.isInteger(item.offset));
    if (isQuery) return this.bar.showErrors(error.errors);
    this.stream.element.hidden = true;
    this.other.hidden = false;
    const { failure } = await import('../common/empty.js');
    replace(
      this.other,
      failure(error, () => this.run()),
    );
  }

  #tell(text) {
    const line = h('span', {}, text);
    if (this.notice.hidden) replace(this.notice, line);
    else this.notice.append(line);
    this.notice.hidden = false;
  }

  // What the other parts ask for.

  filter(field, value, isExcluded) {
    this.search(addValue(splitPipes(this.bar.text).filter.trim(), field, value, isExcluded));
  }

  inContext(row) {
    this.state.query = contextQuery(row);
    this.state.entry = row.id;
    keepState(this.state, true);
    this.run();
  }

  addColumn(name) {
    this.setColumns([
      ...this.state.columns.filter((column) => column !== 'message' && column !== name),
      name,
      'message',
    ]);
  }

  setColumns(columns) {
    this.state.columns = columns;
    this.didChangeLook();
  }

  didChangeLook() {
    keepState(this.state, false);
    this.toolbar.read();
    this.stream.redraw();
    this.histogram.draw();
    if (this.isTable && this.answer?.rows.length) this.#showTable(this.answer);
  }

  setLive(isLive) {
    this.state.live = isLive;
    keepState(this.state, false);
    this.run();
  }

  exportAddress(format) {
    return address('/logs/export', {
      ...this.parameters(),
      ...(time(this.state.query) || this.isAllTime ? {} : { since: '1h' }),
      format,
    });
  }

  #zoom(clause) {
    this.#zooms.push(time(this.state.query));
    this.search(setTime(this.state.query, clause));
  }

  #zoomOut() {
    const clause = this.#zooms.pop();
    if (clause !== undefined) return this.search(setTime(this.state.query, clause));
    const steps = ['since:5m', 'since:15m', '', 'since:6h', 'since:1d', 'since:7d', 'since:30d', 'since:1970-01-01'];
    const at = steps.indexOf(time(this.state.query));
    this.search(setTime(this.state.query, at < 0 ? 'since:1970-01-01' : steps[Math.min(at + 1, steps.length - 1)]));
  }

  #histogramIsStale() {
    if (this.#stale === 0)
      this.#stale = setTimeout(() => {
        this.#stale = 0;
        const { filter } = splitPipes(this.state.query);
        this.histogram.load({ ...this.parameters(), query: filter.trim() }, this.#request.signal).catch(() => {});
      }, HISTOGRAM_REFRESH_MS);
    if (this.stream.element.hidden && !this.isTable) {
      this.stream.element.hidden = false;
      this.other.hidden = true;
      this.stream.list.toBottom();
    }
  }

  #showStatus() {
    const { stream, state } = this;
    const tail = stream.tailMachine;
    const words = {
      live: 'Live',
      connecting: 'Connecting…',
      waiting: 'Connection lost, trying again…',
      off: 'Not live',
    };
    const isPaused = tail?.state === 'live' && !stream.list.following;
    this.newer.hidden = stream.newCount === 0 || stream.element.hidden;
    replace(this.newer, symbol('down'), `${count(stream.newCount)} new`);
    this.toolbar.showFollow(stream.list.autoScroll);
    const statistics = this.answer?.stats;
    replace(
      this.status,
      h(
        'span',
        { class: `status tone-${tail?.state === 'live' ? 'ok' : tail?.state === 'waiting' ? 'warn' : 'muted'}` },
        h('span', { class: `dot${tail?.state === 'live' ? ' pulse' : ''}` }),
        !tail
          ? state.live
            ? 'Not live: the query ends in the past, or has pipes'
            : 'Not live'
          : isPaused
            ? 'Live, scrolled back'
            : words[tail.state],
      ),
      tail?.droppedCount
        ? h('span', { class: 'tone-warn' }, `${count(tail.droppedCount)} dropped: the page was too slow for them`)
        : null,
      h('span', { class: 'grow' }),
      this.isTable
        ? null
        : h(
            'span',
            {},
            `${count(stream.store.count)} loaded${stream.hasOlder ? ', older ones when you scroll up' : ''}`,
          ),
      statistics ? h('span', {}, `${statistics.elapsed_ms.toFixed(statistics.elapsed_ms < 10 ? 1 : 0)} ms`) : null,
    );
  }

  #bindKeys() {
    const { list } = this.stream;
    bind('/', 'write a query', () => this.bar.input.focus());
    bind('j', 'next entry', () => {
      list.element.focus();
      list.move(1);
    });
    bind('k', 'entry before', () => {
      list.element.focus();
      list.move(-1);
    });
    bind('Enter', 'open or close the entry', () => {
      if (list.active >= 0) list.toggle(list.active);
    });
    bind('c', 'the entry in its context', () => {
      if (list.activeRow) this.inContext(list.activeRow);
    });
    bind('G', 'newest entry', () => list.toBottom());
    bind('f', 'auto-scroll on or off', () => this.toolbar.toggleFollow());
    bind('p', 'patterns of messages', () => this.toolbar.togglePatterns());
    bind('w', 'wrap long lines', () => this.toolbar.toggleWrap());
    bind('z', 'zoom out in time', () => this.#zoomOut());
  }
}

start(show);
