// Times as the API writes them (RFC 3339 in UTC, with microseconds) and as people read them.

export const TIME_MODES = ['local', 'utc', 'relative'];

const two = (number) => String(number).padStart(2, '0');

/** `2025-01-03 14:32:12.345678`, in UTC or in this computer's zone; the microseconds are those of the text. */
export function stamp(text, mode = 'local', digits = 3) {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return String(text ?? '');
  const fraction = digits ? '.' + (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(6, '0').slice(0, digits) : '';
  if (mode === 'utc') {
    return (
      `${moment.getUTCFullYear()}-${two(moment.getUTCMonth() + 1)}-${two(moment.getUTCDate())} ` +
      `${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}:${two(moment.getUTCSeconds())}${fraction}`
    );
  }
  return (
    `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ` +
    `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}${fraction}`
  );
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

/** `1h 23m`, the two largest units of a number of seconds. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  let rest = Math.max(0, Math.round(seconds));
  const parts = [];
  for (const [unit, size] of UNITS) {
    if (rest >= size || (unit === 's' && parts.length === 0)) {
      parts.push(Math.floor(rest / size) + unit);
      rest %= size;
    } else if (parts.length) break;
    if (parts.length === 2) break;
  }
  return parts.filter((part, index) => index === 0 || !part.startsWith('0')).join(' ');
}

/** `2m ago`, `in 3d`; `now` within two seconds. */
export function relative(text, now = Date.now()) {
  if (!text) return 'never';
  const seconds = (now - Date.parse(text)) / 1000;
  if (Number.isNaN(seconds)) return String(text);
  if (Math.abs(seconds) < 2) return 'now';
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  const count = Math.floor(Math.abs(seconds) / unit[1]) + unit[0];
  return seconds > 0 ? `${count} ago` : `in ${count}`;
}

/** A moment of a `Date`, as the query language reads it. */
export const moment = (milliseconds) => new Date(milliseconds).toISOString();

/** Milliseconds of a width such as `1h30m`. */
export function widthMs(text) {
  const sizes = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 0.001 };
  let total = 0;
  for (const [, count, unit] of String(text).matchAll(/([\d.]+)(ms|us|[wdhms])/g)) total += Number(count) * sizes[unit];
  return total;
}

/** The next microsecond, as microseconds since the epoch: what ends a range that is to hold a moment. */
export function justAfter(text) {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(text) / 1000);
  return String(BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)) + 1n);
}
