// How many entries there are over time, stacked by level. Dragging zooms in, a double click zooms out.

import { get } from '../common/api.js';
import { h, replace, svg } from '../common/dom.js';
import { count, short } from '../common/format.js';
import { LEVELS } from '../common/levels.js';
import { moment, stamp, widthMs } from '../common/time.js';
import { narrowed } from './buckets.js';

const HEIGHT = 64;
const DRAG_PX_MIN = 4;
const NARROWINGS_MAX = 6;

export class Histogram {
  answer = null;

  /** `onZoom(since, until)` gets RFC 3339, `onZoomOut()` nothing. */
  constructor({ onZoom, onZoomOut, time, toolbar }) {
    this.options = { onZoom, onZoomOut, time };
    this.plot = h('div', { class: 'plot' });
    this.tip = h('div', { class: 'tip', hidden: true });
    this.summary = h('span', { class: 'hush' });
    this.element = h(
      'section',
      { class: 'histogram', 'aria-label': 'Entries over time' },
      this.plot,
      this.tip,
      h(
        'div',
        { class: 'histogram-foot' },
        this.summary,
        h('button', { type: 'button', class: 'plain', onclick: () => this.#showTable() }, 'As a table'),
        h('button', { type: 'button', class: 'plain', onclick: onZoomOut }, 'Zoom out'),
        toolbar,
      ),
    );
    new ResizeObserver(() => this.draw()).observe(this.plot);
    this.#listen();
  }

  async load(parameters, signal) {
    let answer = await get('/logs/histogram', { ...parameters, by: 'level' }, signal);
    for (let times = 0; times < NARROWINGS_MAX; times += 1) {
      const range = narrowed(answer);
      if (!range) break;
      answer = await get('/logs/histogram', { ...parameters, ...range, by: 'level' }, signal);
      answer.isNarrowed = true;
    }
    this.answer = answer;
    this.draw();
    return answer;
  }

  get total() {
    return this.answer?.buckets.reduce((sum, bucket) => sum + bucket.count, 0) ?? 0;
  }

  draw() {
    const { answer } = this;
    const width = this.plot.clientWidth;
    if (!answer || answer.buckets.length === 0 || width === 0) return replace(this.plot);
    const { buckets } = answer;
    const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
    const step = width / buckets.length;
    const bars = [];
    buckets.forEach((bucket, index) => {
      let y = HEIGHT;
      for (const level of LEVELS) {
        const size = ((bucket.by[level] ?? 0) / most) * (HEIGHT - 2);
        if (size <= 0) continue;
        const shown = Math.max(size, 1);
        y -= shown;
        bars.push(
          svg('rect', { class: `fill-${level}`, x: index * step, y, width: Math.max(1, step - 1), height: shown }),
        );
      }
    });
    this.selection = svg('rect', { class: 'selection', y: 0, height: HEIGHT, width: 0 });
    const mode = this.options.time();
    const labels = [0.005, 0.25, 0.5, 0.75].map((part) => {
      const at = Math.floor(part * buckets.length);
      const text = stamp(buckets[at].time, mode === 'utc' ? 'utc' : 'local', 0);
      return svg(
        'text',
        { x: at * step, y: HEIGHT + 12 },
        widthMs(answer.step) >= 86_400_000
          ? text.slice(0, 10)
          : widthMs(answer.step) * buckets.length > 86_400_000
            ? text.slice(5, 16)
            : text.slice(11),
      );
    });
    replace(
      this.plot,
      svg(
        'svg',
        {
          class: 'chart',
          viewBox: `0 0 ${width} ${HEIGHT + 14}`,
          height: HEIGHT + 14,
          role: 'img',
          'aria-label': `${count(this.total)} entries in ${buckets.length} steps of ${answer.step}`,
        },
        svg('line', { class: 'grid', x1: 0, x2: width, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5 }),
        bars,
        labels,
        this.selection,
      ),
    );
    replace(
      this.summary,
      h('strong', {}, count(this.total)),
      ` ${this.total === 1 ? 'entry' : 'entries'}, ${answer.step} a bar, at most ${short(most)}`,
    );
  }

  // Pointers.

  #bucketAt(x) {
    const edge = this.plot.getBoundingClientRect();
    const part = Math.max(0, Math.min(0.99999, (x - edge.left) / edge.width));
    return Math.floor(part * this.answer.buckets.length);
  }

  #listen() {
    let start = null;
    this.plot.addEventListener('pointerdown', (event) => {
      if (!this.answer?.buckets.length || event.button !== 0) return;
      start = event.clientX;
      this.plot.setPointerCapture(event.pointerId);
    });
    this.plot.addEventListener('pointermove', (event) => {
      if (!this.answer?.buckets.length) return;
      this.#showTip(event);
      if (start === null) return;
      const edge = this.plot.getBoundingClientRect();
      const [left, right] = [start, event.clientX].toSorted((a, b) => a - b);
      this.selection.setAttribute('x', left - edge.left);
      this.selection.setAttribute('width', right - left);
    });
    this.plot.addEventListener('pointerup', (event) => {
      const from = start;
      start = null;
      this.selection?.setAttribute('width', 0);
      if (from === null || Math.abs(event.clientX - from) < DRAG_PX_MIN) return;
      const [first, last] = [this.#bucketAt(from), this.#bucketAt(event.clientX)].toSorted((a, b) => a - b);
      this.#zoom(first, last);
    });
    this.plot.addEventListener('pointerleave', () => {
      this.tip.hidden = true;
    });
    this.plot.addEventListener('dblclick', () => this.options.onZoomOut());
  }

  #zoom(first, last) {
    const { buckets, step } = this.answer;
    this.options.onZoom(buckets[first].time, moment(Date.parse(buckets[last].time) + widthMs(step)));
  }

  #showTip(event) {
    const bucket = this.answer.buckets[this.#bucketAt(event.clientX)];
    const edge = this.plot.getBoundingClientRect();
    const parts = LEVELS.toReversed().filter((level) => bucket.by[level]);
    replace(
      this.tip,
      h('div', {}, stamp(bucket.time, this.options.time() === 'utc' ? 'utc' : 'local', 0)),
      parts.map((level) =>
        h(
          'div',
          { class: 'tip-row' },
          h('span', { class: `swatch fill-${level}` }),
          h('span', {}, level),
          h('span', { class: 'num' }, count(bucket.by[level])),
        ),
      ),
      parts.length ? null : h('div', {}, 'nothing'),
    );
    this.tip.hidden = false;
    this.tip.style.left = `${Math.max(0, Math.min(event.clientX - edge.left + 12, edge.width - this.tip.offsetWidth))}px`;
  }

  async #showTable() {
    const { ask } = await import('../common/dialog.js');
    const rows = (this.answer?.buckets ?? [])
      .map((bucket, index) => ({ bucket, index }))
      .filter(({ bucket }) => bucket.count);
    ask({
      title: 'Entries over time',
      wide: true,
      body: h(
        'div',
        { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Counts' },
        h(
          'table',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', {}, 'From'),
              LEVELS.map((level) => h('th', { class: 'num' }, level)),
              h('th', { class: 'num' }, 'All'),
              h('th', {}, h('span', { class: 'sr-only' }, 'Zoom')),
            ),
          ),
          h(
            'tbody',
            {},
            rows.map(({ bucket, index }) =>
              h(
                'tr',
                {},
                h('td', { class: 'nowrap' }, stamp(bucket.time, this.options.time() === 'utc' ? 'utc' : 'local', 0)),
                LEVELS.map((level) => h('td', { class: 'num' }, count(bucket.by[level] ?? 0))),
                h('td', { class: 'num' }, count(bucket.count)),
                h(
                  'td',
                  {},
                  h(
                    'button',
                    {
                      type: 'button',
                      onclick: (event) => {
                        event.target.closest('dialog').close();
                        this.#zoom(index, index);
                      },
                    },
                    'Zoom in',
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
    });
  }
}
