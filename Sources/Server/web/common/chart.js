// Lines over time, drawn to the width there is, with a table for whoever does not see them.

import { h, replace, svg } from './dom.js';
import { short } from './format.js';
import { stamp } from './time.js';

const LEFT = 40;
const BOTTOM = 18;
/** Colours that differ in lightness too; each line is also named in the legend with its dashes. */
const DASHES = ['', '6 3', '2 2', '8 3 2 3', '1 3', '10 4'];

/** A round number not below `value`. */
export function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((round) => round >= value * 0.999);
}

/**
 * - Parameters:
 *   - series: `{name, points: [{time, value, low?, high?}]}`; times in milliseconds, a value may be null.
 *   - options: `height`, `label`, `legend`, `most` (of the axis), `unit`, `onPick(time)`.
 */
export function lineChart(series, { height = 120, label, legend = false, most, unit = '' } = {}) {
  const plot = h('div', { class: 'line-chart' });
  const readout = h('span', { class: 'hush readout' });
  const times = series.flatMap((line) => line.points.map((point) => point.time));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const top =
    most ?? ceiling(Math.max(...series.flatMap((line) => line.points.map((point) => point.high ?? point.value ?? 0))));
  const draw = () => {
    const width = plot.clientWidth;
    if (!width || times.length === 0) return;
    const x = (time) => LEFT + ((time - from) / Math.max(1, to - from)) * (width - LEFT - 4);
    const y = (value) => 6 + (1 - value / top) * (height - BOTTOM - 6);
    replace(
      plot,
      svg(
        'svg',
        {
          class: 'chart',
          viewBox: `0 0 ${width} ${height}`,
          height,
          role: 'img',
          'aria-label': `${label}: ${describe(series, unit)}`,
        },
        [0, 0.5, 1].map((part) => [
          svg('line', { class: 'grid', x1: LEFT, x2: width, y1: y(top * part), y2: y(top * part) }),
          svg('text', { x: LEFT - 6, y: y(top * part) + 4, 'text-anchor': 'end' }, short(top * part) + unit),
        ]),
        [0, 0.5, 1].map((part) =>
          svg(
            'text',
            {
              x: x(from + (to - from) * part),
              y: height - 3,
              'text-anchor': part === 0 ? 'start' : part === 1 ? 'end' : 'middle',
            },
            timeLabel(from + (to - from) * part, to - from),
          ),
        ),
        series.map((line, index) => [
          line.points.some((point) => point.low !== undefined)
            ? svg('path', { class: 'area', d: band(line.points, x, y) })
            : null,
          svg('path', {
            class: `line series-${index % 6} ${line.className ?? ''}`,
            d: path(line.points, x, y),
            'stroke-dasharray': DASHES[index % 6],
          }),
        ]),
      ),
    );
  };
  plot.addEventListener('pointermove', (event) => {
    const edge = plot.getBoundingClientRect();
    const time = from + ((event.clientX - edge.left - LEFT) / Math.max(1, edge.width - LEFT - 4)) * (to - from);
    const texts = series.map((line) => {
      const point = nearest(line.points, time);
      return (
        point && `${series.length > 1 ? line.name + ' ' : ''}${point.value === null ? '–' : short(point.value) + unit}`
      );
    });
    const at = nearest(series[0].points, time);
    replace(
      readout,
      at ? `${stamp(new Date(at.time).toISOString(), 'local', 0)}  ${texts.filter(Boolean).join(', ')}` : '',
    );
  });
  plot.addEventListener('pointerleave', () => replace(readout));
  new ResizeObserver(draw).observe(plot);
  return h(
    'figure',
    { class: 'figure' },
    h('figcaption', {}, h('span', {}, label), readout),
    plot,
    legend
      ? h(
          'div',
          { class: 'legend' },
          series.map((line, index) =>
            h(
              'span',
              { class: 'badge' },
              svg(
                'svg',
                { width: 22, height: 8, 'aria-hidden': 'true' },
                svg('path', {
                  class: `line series-${index % 6} ${line.className ?? ''}`,
                  d: 'M0 4H22',
                  'stroke-dasharray': DASHES[index % 6],
                }),
              ),
              line.name,
            ),
          ),
        )
      : null,
  );
}

const timeLabel = (time, span) => {
  const text = stamp(new Date(time).toISOString(), 'local', 0);
  return span > 2 * 86_400_000 ? text.slice(5, 16) : span < 600_000 ? text.slice(11) : text.slice(11, 16);
};

function path(points, x, y) {
  let isDown = false;
  return points
    .map((point) => {
      if (point.value === null) {
        isDown = false;
        return '';
      }
      const command = `${isDown ? 'L' : 'M'}${x(point.time).toFixed(1)} ${y(point.value).toFixed(1)}`;
      isDown = true;
      return command;
    })
    .join('');
}

function band(points, x, y) {
  const known = points.filter((point) => point.value !== null);
  if (known.length === 0) return '';
  const upper = known.map((point) => `${x(point.time).toFixed(1)} ${y(point.high).toFixed(1)}`);
  const lower = known.toReversed().map((point) => `${x(point.time).toFixed(1)} ${y(point.low).toFixed(1)}`);
  return `M${[...upper, ...lower].join('L')}Z`;
}

function nearest(points, time) {
  return points.reduce(
    (best, point) => (best && Math.abs(best.time - time) <= Math.abs(point.time - time) ? best : point),
    null,
  );
}

/** What a screen reader says of the lines. */
function describe(series, unit) {
  return series
    .map((line) => {
      const known = line.points.map((point) => point.value).filter((value) => value !== null);
      return known.length
        ? `${line.name} from ${short(Math.min(...known))}${unit} to ${short(Math.max(...known))}${unit}, last ${short(known.at(-1))}${unit}`
        : `${line.name}: nothing`;
    })
    .join('; ');
}
