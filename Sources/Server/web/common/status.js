// States, each with a word, a shape and a colour.

import { h, svg } from './dom.js';

const SHAPES = {
  full: () => svg('circle', { cx: 6, cy: 6, r: 5, fill: 'currentColor' }),
  ring: () => svg('circle', { cx: 6, cy: 6, r: 4.2, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8 }),
  triangle: () => svg('path', { d: 'M6 1 11.5 11H.5Z', fill: 'currentColor' }),
  square: () => svg('rect', { x: 1.5, y: 1.5, width: 9, height: 9, rx: 1.5, fill: 'currentColor' }),
  cross: () => svg('path', { d: 'm2 2 8 8M10 2l-8 8', stroke: 'currentColor', 'stroke-width': 2, fill: 'none' }),
  check: () => svg('path', { d: 'm1.5 6.5 3 3 6-7', stroke: 'currentColor', 'stroke-width': 2, fill: 'none' }),
};

const STATES = {
  online: ['ok', 'full', 'Online'],
  offline: ['muted', 'ring', 'Offline'],
  maintenance: ['warn', 'square', 'Maintenance'],
  error: ['bad', 'triangle', 'Error'],
  active: ['ok', 'full', 'Active'],
  completed: ['info', 'check', 'Completed'],
  failed: ['bad', 'cross', 'Failed'],
  aborted: ['muted', 'square', 'Aborted'],
  queued: ['muted', 'ring', 'Queued'],
  delivered: ['info', 'ring', 'Delivered'],
  acknowledged: ['info', 'full', 'Acknowledged'],
  succeeded: ['ok', 'check', 'Succeeded'],
  expired: ['warn', 'triangle', 'Expired'],
  cancelled: ['muted', 'cross', 'Cancelled'],
  running: ['info', 'full', 'Running'],
  done: ['ok', 'check', 'Done'],
  revoked: ['bad', 'cross', 'Revoked'],
  valid: ['ok', 'check', 'Valid'],
  ending: ['warn', 'triangle', 'Ends soon'],
};

export function statusMark(state, text) {
  const [tone, shape, name] = STATES[state] ?? ['muted', 'ring', state ?? 'unknown'];
  return h(
    'span',
    { class: `status tone-${tone}` },
    svg('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' }, SHAPES[shape]()),
    text ?? name,
  );
}
