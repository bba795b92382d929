// Numbers as people read them.

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

export const count = (number) => (number === null || number === undefined ? '–' : plain.format(number));

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
