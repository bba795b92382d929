// Numbers as people read them.

/** `1,234.5`: two decimals at most. Not by `Intl`, which takes a page some 40 ms when it is first asked. */
export function count(number) {
  if (number === null || number === undefined) return '–';
  const size = Math.abs(Number(number));
  // Beyond these a number is written with an exponent, or is none.
  if (!(size < 1e15)) return String(number);
  const [whole, part] = String(Math.round(size * 100) / 100).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part ? `.${part}` : '');
  return number < 0 && grouped !== '0' ? `-${grouped}` : grouped;
}

/** `12.3k`, for places where there is little room. */
export function short(number) {
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ]) {
    if (number >= size) return (number / size).toFixed(number >= size * 100 ? 0 : 1).replace(/\.0$/, '') + unit;
  }
  return String(Math.round(number * 10) / 10);
}

/** Bytes in units of 1,024. */
export function bytes(number) {
  if (number === null || number === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let index = 0;
  while (number >= 1024 && index < units.length - 1) {
    number /= 1024;
    index += 1;
  }
  return (index === 0 ? number : number.toFixed(number < 10 ? 2 : 1)) + ' ' + units[index];
}

export const percent = (number) => (number === null || number === undefined ? '–' : `${Math.round(number)}%`);

export const plural = (number, one, many = one + 's') => `${count(number)} ${number === 1 ? one : many}`;

/** The name of something that has none is a dash. */
export const or = (text, other = '–') => (text === null || text === undefined || text === '' ? other : text);
