// The entries of the logs view: the newest first page, older ones as they are scrolled to, new ones as they come.

import { get, isAbort } from '../common/api.js';
import { h } from '../common/dom.js';
import { ensureFresh } from '../common/session.js';
import { RowList } from './rowlist.js';
import { RowStore } from './rowstore.js';
import { drawDetail, drawRow, template } from './row.js';
import { justAfter } from '../common/time.js';
import { tail } from './live.js';

const FIRST_PAGE = 100;
const PAGE_MAX = 2_000;
/** What can come between an answer and a tail is little; where everything is new, scrolling up loads the rest. */
const CATCH_UP_PAGES_MAX = 20;
const ROW_PX = 22;
/** A tail that runs for days keeps this many rows at most, and older ones come again when they are scrolled to. */
const TAILED_ROWS_MAX = 100_000;
const TAILED_ROWS_KEPT = 50_000;

export class EntryStream {
  #cursor = null;
  /** From where older rows come again after some were forgotten. */
  #until = null;
  #loading = false;
  #loaded = Promise.resolve();
  #page = FIRST_PAGE;
  #tail = null;
  #early = [];
  newCount = 0;

  /** `options`: `state`, `actions` of a detail, `onChange()` when what is known changed, `onError(error)`. */
  constructor(options) {
    this.options = options;
    this.store = new RowStore();
    const { state, actions } = options;
    this.list = new RowList({
      label: 'Log entries',
      rowHeight: ROW_PX,
      draw: (row) => drawRow(row, state),
      drawDetail: (row) => drawDetail(row, state, actions),
      isWrapped: () => state.wrap,
      onOlder: () => this.#loadOlder(),
      onMove: () => {
        if (this.list.atBottom) this.newCount = 0;
        options.onChange();
      },
    });
    this.element = this.list.element;
  }

  get hasOlder() {
    return this.#cursor !== null || this.#until !== null;
  }

  get tailMachine() {
    return this.#tail?.machine ?? null;
  }

  /** Shows columns, times and wrapping as the state says. */
  redraw() {
    this.#showHead();
    this.list.redraw(true);
  }

  #showHead() {
    const { state } = this.options;
    this.element.classList.toggle('wrap', state.wrap);
    this.element.style.setProperty('--columns', template(state.columns, state.time));
    this.list.setHead(
      state.columns.map((column) =>
        h(
          'span',
          { class: `cell c-${column}`, role: 'columnheader' },
          column === 'time' ? `time${state.time === 'utc' ? ' (UTC)' : ''}` : column,
        ),
      ),
    );
  }

  /**
   * Loads the newest rows. With `liveQuery` a tail is opened at the same time; what was stored between the answer and the
   * tail's beginning is asked for when it has begun.
   * - Returns: The answer.
   */
  async load(parameters, liveQuery, signal, limit = FIRST_PAGE) {
    // A tail of the same question goes on: what it brings meanwhile is put in when the answer is there.
    if (this.#tail?.query !== liveQuery) this.stop();
    this.parameters = parameters;
    this.signal = signal;
    this.newCount = 0;
    this.#early = [];
    this.#page = FIRST_PAGE;
    if (liveQuery !== null && !this.#tail) this.#startTail(liveQuery);
    const loading = get('/logs', { ...parameters, limit }, signal);
    this.#loaded = loading.catch(() => {});
    const answer = await loading;
    if (answer.columns) return answer;
    this.#cursor = answer.next_cursor;
    this.#until = null;
    this.store = new RowStore();
    this.store.prepend(answer.rows);
    const early = this.#early;
    this.#early = null;
    for (const row of early) this.store.insert(row, this.hasOlder);
    this.#showHead();
    this.list.reset(this.store.rows);
    return answer;
  }

  /** Asks for the newest rows once more, as far back as none of them is known. */
  async #catchUp() {
    const { parameters, signal } = this;
    try {
      await this.#loaded;
      let cursor = null;
      for (let page = 0; page < CATCH_UP_PAGES_MAX; page += 1) {
        const answer = await get('/logs', { ...parameters, limit: FIRST_PAGE, cursor }, signal);
        const fresh = answer.rows.filter((row) => !this.store.has(row.id));
        this.#take(fresh);
        cursor = answer.next_cursor;
        if (fresh.length < answer.rows.length || cursor === null) return;
      }
    } catch (error) {
      if (!isAbort(error)) this.options.onError(error);
    }
  }

  async #loadOlder() {
    if (this.#loading || !this.hasOlder) return;
    this.#loading = true;
    this.options.onChange();
    this.#page = Math.min(PAGE_MAX, this.#page * 2);
    try {
      const place = this.#cursor === null ? { until: this.#until } : { cursor: this.#cursor };
      const answer = await get('/logs', { ...this.parameters, limit: this.#page, ...place }, this.signal);
      this.#cursor = answer.next_cursor;
      this.#until = null;
      const count = this.store.prepend(answer.rows);
      this.list.didPrepend(this.store.rows, count);
    } catch (error) {
      if (!isAbort(error)) this.options.onError(error);
    }
    this.#loading = false;
    this.options.onChange();
  }

  /** Loads older rows until `id` is there. - Returns: Whether it was found and is shown. */
  async reveal(id, roundsMax = 8) {
    for (let round = 0; round < roundsMax; round += 1) {
      const index = this.store.indexOf(id);
      if (index >= 0) {
        this.list.reveal(index, true);
        return true;
      }
      if (!this.hasOlder) return false;
      await this.#loadOlder();
    }
    return false;
  }

  #startTail(query) {
    let machine = null;
    const handle = tail(query, {
      prepare: ensureFresh,
      onBegan: () => this.#catchUp(),
      onRows: (rows) => this.#take(rows),
      onState: (now) => {
        machine = now;
        if (this.#tail) this.#tail.machine = machine;
        this.options.onChange();
      },
    });
    this.#tail = { stop: handle.stop, machine, query };
  }

  #take(rows) {
    if (this.#early) return void this.#early.push(...rows);
    let count = 0;
    for (const row of rows) {
      const index = this.store.insert(row, this.hasOlder);
      if (index < 0) continue;
      this.list.didInsert(this.store.rows, index);
      count += 1;
    }
    if (count === 0) return;
    if (!this.list.following) this.newCount += count;
    if (this.list.following && this.store.count > TAILED_ROWS_MAX) this.#forgetOldest();
    this.list.settle();
    this.options.onNew?.(count);
    this.options.onChange();
  }

  #forgetOldest() {
    const count = this.store.count - TAILED_ROWS_KEPT;
    this.store.dropOldest(count);
    this.list.didDropOldest(this.store.rows, count);
    this.#cursor = null;
    this.#until = justAfter(this.store.rows[0].time);
  }

  stop() {
    this.#tail?.stop();
    this.#tail = null;
  }
}
