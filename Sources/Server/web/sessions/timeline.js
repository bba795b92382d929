// A session's course on one clock: entries by level, the first error, where nothing came, what was uploaded. Dragging over
// it chooses the entries below.

import { h, replace, svg } from '../common/dom.js';
import { count } from '../common/format.js';
import { LEVELS } from '../common/levels.js';
import { duration, moment, stamp, widthMs } from '../common/time.js';

const HEIGHT = 96;
const MARKS = 16;
const DRAG_PX_MIN = 4;

export class Timeline {
  /** `onRange({since, until} or null)`. */
  constructor({ onRange }) {
    this.onRange = onRange;
    this.plot = h('div', { class: 'plot timeline-plot' });
    this.note = h('p', { class: 'hush' });
    this.reset = h(
      'button',
      { type: 'button', hidden: true, onclick: () => this.choose(null) },
      'Show the whole session',
    );
    this.element = h(
      'div',
      { class: 'body form' },
      this.plot,
      h('div', { class: 'row' }, h('div', { class: 'grow' }, this.note), this.reset),
    );
    new ResizeObserver(() => this.draw()).observe(this.plot);
    this.#listen();
  }

  show(answer) {
    this.answer = answer;
    this.draw();
  }

  get #range() {
    const { buckets, step } = this.answer;
    const times = [
      Date.parse(buckets[0].time),
      Date.parse(buckets.at(-1).time) + widthMs(step),
      ...this.answer.artifacts.map((artifact) => Date.parse(artifact.uploaded_at)),
    ];
    return [Math.min(...times), Math.max(...times)];
  }

  draw() {
    const { answer } = this;
    const width = this.plot.clientWidth;
    if (!answer || !width) return;
    if (answer.buckets.length === 0)
      return void replace(this.plot, h('p', { class: 'muted' }, 'It has no entries yet.'));
    const [from, to] = this.#range;
    const x = (text) => ((Date.parse(text) - from) / Math.max(1, to - from)) * width;
    const most = Math.max(1, ...answer.buckets.map((bucket) => bucket.count));
    const wide = Math.max(1, (widthMs(answer.step) / Math.max(1, to - from)) * width - 1);
    const bars = answer.buckets.flatMap((bucket) => {
      let y = HEIGHT;
      return LEVELS.filter((level) => bucket.by[level]).map((level) => {
        const size = Math.max(1, (bucket.by[level] / most) * (HEIGHT - MARKS));
        y -= size;
        return svg('rect', { class: `fill-${level}`, x: x(bucket.time), y, width: wide, height: size });
      });
    });
    const { gaps, first_error: firstError, artifacts } = answer;
    const errorTime = firstError?.time ?? firstError;
    this.selection = svg('rect', { class: 'selection', y: 0, height: HEIGHT, width: 0 });
    const labels = [0, 0.25, 0.5, 0.75].map((part) =>
      svg(
        'text',
        { x: part * width, y: HEIGHT + 13 },
        stamp(moment(from + (to - from) * part), 'local', 0).slice(to - from > 86_400_000 ? 5 : 11),
      ),
    );
    replace(
      this.plot,
      svg(
        'svg',
        {
          class: 'chart',
          viewBox: `0 0 ${width} ${HEIGHT + 16}`,
          height: HEIGHT + 16,
          role: 'img',
          'aria-label': this.#describe(),
        },
        gaps.map((gap) =>
          svg('rect', {
            class: 'gap',
            x: x(gap.since),
            y: 0,
            width: Math.max(2, x(gap.until) - x(gap.since)),
            height: HEIGHT,
          }),
        ),
        svg('line', { class: 'grid', x1: 0, x2: width, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5 }),
        bars,
        errorTime ? svg('line', { class: 'edge', x1: x(errorTime), x2: x(errorTime), y1: 0, y2: HEIGHT }) : null,
        artifacts.map((artifact) =>
          svg(
            'path',
            { class: 'fill-OTHER', d: `M${x(artifact.uploaded_at) - 4} 0h8l-4 8Z` },
            svg('title', {}, artifact.path),
          ),
        ),
        labels,
        this.selection,
      ),
    );
    replace(this.note, this.#legend(errorTime));
  }

  #describe() {
    const { buckets, gaps, artifacts } = this.answer;
    return `${count(buckets.reduce((sum, bucket) => sum + bucket.count, 0))} entries in steps of ${this.answer.step}, ${gaps.length} gaps, ${artifacts.length} files`;
  }

  #legend(errorTime) {
    const { gaps, artifacts } = this.answer;
    const parts = [
      errorTime
        ? h(
            'button',
            {
              type: 'button',
              class: 'plain',
              onclick: () =>
                this.choose({
                  since: moment(Date.parse(errorTime) - 30_000),
                  until: moment(Date.parse(errorTime) + 30_000),
                }),
            },
            `First error ${stamp(errorTime, 'local', 0).slice(11)} (dashed)`,
          )
        : 'No errors.',
      gaps.length
        ? ` Shaded: ${gaps.length === 1 ? 'a gap' : `${count(gaps.length)} gaps`} in which nothing came, the longest ${duration(Math.max(...gaps.map((gap) => Date.parse(gap.until) - Date.parse(gap.since))) / 1000)}.`
        : ' No gaps.',
      artifacts.length ? ` Triangles: ${count(artifacts.length)} files that were uploaded.` : '',
      ' Drag over a part to see its entries.',
    ];
    return parts;
  }

  choose(range) {
    this.reset.hidden = range === null;
    const [from, to] = this.#range;
    const width = this.plot.clientWidth;
    const place = (text) => ((Date.parse(text) - from) / Math.max(1, to - from)) * width;
    this.selection.setAttribute('x', range ? place(range.since) : 0);
    this.selection.setAttribute('width', range ? Math.max(2, place(range.until) - place(range.since)) : 0);
    this.onRange(range);
  }

  #listen() {
    let start = null;
    const inside = (event) => event.clientX - this.plot.getBoundingClientRect().left;
    this.plot.addEventListener('pointerdown', (event) => {
      if (!this.answer?.buckets.length || event.button !== 0) return;
      start = inside(event);
      this.plot.setPointerCapture(event.pointerId);
    });
    this.plot.addEventListener('pointermove', (event) => {
      if (start === null) return;
      const [left, right] = [start, inside(event)].toSorted((a, b) => a - b);
      this.selection.setAttribute('x', left);
      this.selection.setAttribute('width', right - left);
    });
    this.plot.addEventListener('pointerup', (event) => {
      if (start === null) return;
      const [left, right] = [start, inside(event)].toSorted((a, b) => a - b);
      start = null;
      const [from, to] = this.#range;
      const time = (place) => moment(from + Math.max(0, Math.min(1, place / this.plot.clientWidth)) * (to - from));
      if (right - left < DRAG_PX_MIN) this.selection.setAttribute('width', 0);
      else this.choose({ since: time(left), until: time(right) });
    });
    this.plot.addEventListener('dblclick', () => this.choose(null));
  }
}
