import { get } from '../common/api.js';
import { lineChart } from '../common/chart.js';
import { h, replace } from '../common/dom.js';

const RANGES = [
  ['1h', '1 h'],
  ['6h', '6 h'],
  ['1d', '1 d'],
  ['7d', '7 d'],
  ['30d', '30 d'],
];
const MEASURES = [
  ['cpu_usage', 'CPU', '%', 100],
  ['memory_usage', 'Memory', '%', 100],
  ['disk_usage', 'Disk', '%', 100],
  ['battery_level', 'Battery', '%', 100],
  ['temperature', 'Temperature', '°', null],
];
const REFRESH_MS = 30_000;

/** What a device measured, over time: the mean as a line, the least and most around it. */
export function metricCharts(path) {
  let range = '1h';
  let loadedAt = 0;
  const element = h('div', { class: 'body' });
  const buttons = RANGES.map(([value, text]) =>
    h('button', { type: 'button', 'aria-pressed': String(value === range), onclick: () => choose(value) }, text),
  );
  const load = async () => {
    loadedAt = Date.now();
    const { points } = await get(path + '/metrics', { since: range, limit: 2_000 });
    const drawn = MEASURES.map(([key, label, unit, most]) => {
      const known = points.filter(
        (point) => point[key]?.avg !== null && point[key] !== undefined && point[key] !== null,
      );
      if (known.length === 0) return null;
      const line = {
        name: label,
        points: known.map((point) => ({
          time: Date.parse(point.time),
          value: point[key].avg,
          low: point[key].min,
          high: point[key].max,
        })),
      };
      return lineChart([line], { label, unit, most: most ?? undefined });
    }).filter(Boolean);
    replace(
      element,
      drawn.length
        ? h('div', { class: 'charts' }, drawn)
        : h(
            'p',
            { class: 'muted' },
            'It measured nothing in this time. Devices send what they measure with their heartbeats: POST /api/v1/fleet/heartbeat.',
          ),
    );
  };
  function choose(value) {
    range = value;
    RANGES.forEach(([each], index) => buttons[index].setAttribute('aria-pressed', String(each === range)));
    load();
  }
  return {
    element,
    ranges: h('span', { class: 'group', role: 'group', 'aria-label': 'Time of the charts' }, buttons),
    refresh: async () => {
      if (Date.now() - loadedAt >= REFRESH_MS) await load();
    },
  };
}
