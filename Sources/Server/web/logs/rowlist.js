// A list of any number of rows, of which only those in sight are in the document.

import { h, replace } from '../common/dom.js';
import { Heights, SCROLL_PX_MAX, scrollScale } from './heights.js';

const OVERSCAN = 6;
/** Older rows are asked for when fewer than these are above the window. */
const OLDER_AHEAD = 60;

export class RowList {
  autoScroll = true;
  atBottom = true;
  active = -1;
  #heights;
  #shown = new Map();
  #rows = [];
  #expanded = new Set();
  #offset = 0;
  #frame = 0;
  #ownScroll = -1;

  /** `options`: `draw(row, index)` and `drawDetail(row)` make elements, `onOlder`, `onMove` tell, `head` is the first row. */
  constructor(options) {
    this.options = options;
    this.#heights = new Heights(options.rowHeight);
    this.layer = h('div', { class: 'rows', role: 'rowgroup' });
    this.head = h('div', { class: 'head', role: 'rowgroup' });
    this.element = h(
      'div',
      { class: 'rowlist', role: 'treegrid', tabindex: '0', 'aria-label': options.label, 'aria-rowcount': '0' },
      this.head,
      this.layer,
    );
    this.element.addEventListener('scroll', () => this.#didScroll(), { passive: true });
    this.element.addEventListener('wheel', (event) => this.#didWheel(event), { passive: false });
    this.element.addEventListener('keydown', (event) => this.#didPress(event));
    this.element.addEventListener('click', (event) => this.#didClick(event));
    new ResizeObserver(() => {
      if (this.following) this.toBottom();
      else this.#later();
    }).observe(this.element);
  }

  get following() {
    return this.autoScroll && this.atBottom;
  }

  get viewport() {
    return Math.max(0, this.element.clientHeight - this.head.offsetHeight);
  }

  // Rows are given as the store has them; what changed is told by where and how many.

  reset(rows) {
    this.#rows = rows;
    this.#expanded.clear();
    this.active = -1;
    this.#heights.standard = this.options.rowHeight;
    this.#heights.reset(rows.length);
    this.#clear();
    this.atBottom = true;
    this.toBottom();
  }

  /** Draws everything anew where it stands: columns or times changed. */
  redraw(forgetHeights = false) {
    const anchor = this.#anchor();
    if (forgetHeights) this.#heights.reset(this.#rows.length);
    this.#clear();
    if (this.following) this.toBottom();
    else this.#hold(anchor);
  }

  didPrepend(rows, count) {
    const anchor = this.#anchor();
    this.#rows = rows;
    this.#heights.insert(0, count);
    this.#shift(0, count);
    this.#hold({ index: anchor.index + count, inset: anchor.inset });
  }

  didDropOldest(rows, count) {
    const anchor = this.#anchor();
    this.#rows = rows;
    this.#heights.removeFirst(count);
    this.active = Math.max(-1, this.active - count);
    this.#hold({ index: Math.max(0, anchor.index - count), inset: anchor.inset });
  }

  didInsert(rows, index) {
    const anchor = this.#anchor();
    const follows = this.following;
    this.#rows = rows;
    const isLast = index === this.#heights.count;
    this.#heights.insert(index);
    if (!isLast) this.#shift(index, 1);
    if (follows) this.atBottom = true;
    else if (index <= anchor.index && !isLast) this.#pending = { index: anchor.index + 1, inset: anchor.inset };
  }

  #pending = null;

  /** After one or more `didInsert`. */
  settle() {
    if (this.following) this.toBottom();
    else if (this.#pending) this.#hold(this.#pending);
    else this.#later();
    this.#pending = null;
  }

  toBottom() {
    this.atBottom = true;
    // What was drawn may be taller than was thought.
    for (let total = -1, pass = 0; total !== this.#heights.total && pass < 2; pass += 1) {
      total = this.#heights.total;
      this.#scrollTo(Math.max(0, total - this.viewport));
      this.draw();
    }
  }

  /** Brings a row into the middle, and opens it when asked. */
  reveal(index, open) {
    if (open) this.#expanded.add(this.#rows[index]);
    this.active = index;
    this.atBottom = false;
    this.#scrollTo(Math.max(0, this.#heights.top(index) - this.viewport / 3));
    this.#clear();
    this.draw();
  }

  toggle(index) {
    const row = this.#rows[index];
    if (!row) return;
    if (this.#expanded.has(row)) this.#expanded.delete(row);
    else this.#expanded.add(row);
    this.active = index;
    const node = this.#shown.get(row);
    node?.remove();
    this.#shown.delete(row);
    if (!this.#expanded.has(row) && !this.options.isWrapped()) this.#heights.set(index, this.options.rowHeight);
    this.atBottom = false;
    this.draw();
    this.options.onMove?.();
  }

  // Drawing.

  draw() {
    this.#frame = 0;
    const count = this.#rows.length;
    this.element.setAttribute('aria-rowcount', String(count + 1));
    const viewport = this.viewport;
    for (let pass = 0; pass < 3; pass += 1) {
      this.#size();
      const first = Math.max(0, this.#heights.at(this.#offset) - OVERSCAN);
      const last = Math.min(count - 1, this.#heights.at(this.#offset + viewport) + OVERSCAN);
      const wanted = new Set();
      const fresh = document.createDocumentFragment();
      for (let index = first; index <= last; index += 1) {
        const row = this.#rows[index];
        wanted.add(row);
        let node = this.#shown.get(row);
        if (!node) {
          node = this.#make(row, index);
          this.#shown.set(row, node);
          fresh.append(node);
        }
      }
      for (const [row, node] of this.#shown) {
        if (!wanted.has(row)) {
          node.remove();
          this.#shown.delete(row);
        }
      }
      this.layer.append(fresh);
      const isChanged = this.#measure(first, last);
      this.#place(first, last);
      if (!isChanged) break;
      if (this.following) this.#offset = Math.max(0, this.#heights.total - viewport);
    }
    if (this.#heights.at(this.#offset) < OLDER_AHEAD) this.options.onOlder?.();
  }

  #make(row, index) {
    const node = this.options.draw(row, index);
    if (this.#expanded.has(row)) {
      node.classList.add('open');
      node.setAttribute('aria-expanded', 'true');
      node.append(this.options.drawDetail(row));
    } else node.setAttribute('aria-expanded', 'false');
    return node;
  }

  /** Heights of rows that may have others than the standard. - Returns: Whether one was not known. */
  #measure(first, last) {
    const isWrapped = this.options.isWrapped();
    let isChanged = false;
    for (let index = first; index <= last; index += 1) {
      const row = this.#rows[index];
      if (!isWrapped && !this.#expanded.has(row)) continue;
      isChanged = this.#heights.set(index, this.#shown.get(row).offsetHeight) || isChanged;
    }
    return isChanged;
  }

  #place(first, last) {
    const base = this.element.scrollTop - this.#offset;
    for (let index = first; index <= last; index += 1) {
      const node = this.#shown.get(this.#rows[index]);
      node.style.transform = `translateY(${this.#heights.top(index) + base}px)`;
      node.setAttribute('aria-rowindex', String(index + 2));
      node.classList.toggle('active', index === this.active);
      node.id = `row-${index}`;
    }
    if (this.active >= first && this.active <= last)
      this.element.setAttribute('aria-activedescendant', `row-${this.active}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #size() {
    this.layer.style.height = `${Math.min(this.#heights.total, SCROLL_PX_MAX)}px`;
  }

  #clear() {
    for (const node of this.#shown.values()) node.remove();
    this.#shown.clear();
  }

  #later() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.draw());
  }

  // Scrolling.

  get #scale() {
    return scrollScale(this.#heights.total, this.viewport);
  }

  #scrollTo(offset) {
    this.#size();
    this.#offset = Math.max(0, Math.min(offset, this.#heights.total - this.viewport));
    this.element.scrollTop = this.#offset / this.#scale;
    this.#ownScroll = this.element.scrollTop;
  }

  #didScroll() {
    const top = this.element.scrollTop;
    if (Math.abs(top - this.#ownScroll) >= 1) {
      this.#offset = top * this.#scale;
      const wasAtBottom = this.atBottom;
      this.atBottom = this.#offset + this.viewport >= this.#heights.total - 4;
      this.#ownScroll = top;
      if (wasAtBottom !== this.atBottom) this.options.onMove?.();
    }
    this.#later();
  }

  /** Where the scroll bar is coarser than a row, the wheel still moves by its own distance. */
  #didWheel(event) {
    if (this.#scale === 1 || event.ctrlKey) return;
    event.preventDefault();
    this.#scrollTo(this.#offset + event.deltaY);
    this.atBottom = this.#offset + this.viewport >= this.#heights.total - 4;
    this.options.onMove?.();
    this.#later();
  }

  #anchor() {
    const index = this.#heights.count ? this.#heights.at(this.#offset) : 0;
    return { index, inset: this.#offset - this.#heights.top(index) };
  }

  #hold({ index, inset }) {
    this.#scrollTo(this.#heights.top(Math.min(index, this.#heights.count)) + inset);
    this.draw();
  }

  #shift(index, count) {
    if (this.active >= index) this.active += count;
  }

  // Keys and clicks.

  #didPress(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step) this.move(step);
    else if ((event.key === 'Enter' || event.key === ' ') && this.active >= 0) this.toggle(this.active);
    else if (event.key === 'End') this.toBottom();
    else if (event.key === 'Home') this.#scrollTo(0);
    else return;
    event.preventDefault();
    this.options.onMove?.();
  }

  move(step) {
    const count = this.#rows.length;
    if (count === 0) return;
    this.active = this.active < 0 ? count - 1 : Math.max(0, Math.min(count - 1, this.active + step));
    const top = this.#heights.top(this.active);
    const bottom = top + this.#heights.get(this.active);
    if (top < this.#offset) this.#scrollTo(top);
    else if (bottom > this.#offset + this.viewport) this.#scrollTo(bottom - this.viewport);
    this.atBottom = this.#offset + this.viewport >= this.#heights.total - 4;
    this.draw();
  }

  #didClick(event) {
    const line = event.target.closest('.line');
    if (!line || event.target.closest('button, a') || String(getSelection())) return;
    const index = Number(line.closest('[aria-rowindex]').getAttribute('aria-rowindex')) - 2;
    this.toggle(index);
  }

  get activeRow() {
    return this.#rows[this.active];
  }

  setHead(...cells) {
    replace(this.head, h('div', { class: 'line', role: 'row', 'aria-rowindex': '1' }, cells));
  }
}
