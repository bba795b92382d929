import { svg } from '../common/dom.js';

export const ENVIRONMENTS = ['production', 'testing', 'development'];
export const STATUSES = ['online', 'offline', 'maintenance', 'error'];
export const DEVICE_TYPES = ['drone', 'robot', 'camera', 'sensor', 'vehicle', 'other'];

/** With a capital; null stays null. */
export const name = (value) => (value ? value[0].toUpperCase() + value.slice(1) : value);

const DRAWINGS = {
  drone: 'M3 4h4M13 4h4M5 4v3M15 4v3M5 7l3 3M15 7l-3 3M7.5 10h5v4h-5zM5 16l2.5-2M15 16l-2.5-2',
  robot: 'M5 8h10v8H5zM10 8V4M8 4h4M8 11.5h.01M12 11.5h.01M8 14h4M3 11v3M17 11v3',
  camera: 'M3 7h3l1.5-2h5L14 7h3v9H3zM10 9a2.6 2.6 0 1 0 0 5.2A2.6 2.6 0 0 0 10 9',
  sensor:
    'M10 12v5M10 9.5h.01M7 12.5a4.2 4.2 0 0 1 0-6M13 12.5a4.2 4.2 0 0 0 0-6M4.8 14.5a7 7 0 0 1 0-10M15.2 14.5a7 7 0 0 0 0-10',
  vehicle: 'M3 13V9.5L5 5h10l2 4.5V13zM3 9.5h14M6 13v2.5M14 13v2.5M6.5 11.3h.01M13.5 11.3h.01',
};

/** What kind of device it is, for the eye; the word stands beside it. */
export const typeIcon = (type) =>
  svg(
    'svg',
    { class: 'type-icon', viewBox: '0 0 20 20', 'aria-hidden': 'true' },
    svg('path', { d: DRAWINGS[type] ?? 'M4 4h12v12H4zM8 8h4v4H8z' }),
  );
