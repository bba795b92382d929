import { moment, widthMs } from '../common/time.js';

/** A range that is longer is “all time”: then the bars show where the entries are, not how long nothing was. */
const WIDE_MS = 2 * 365 * 86_400_000;
/** Bars that are used of all, below which the range is narrowed. */
const USED_MIN = 1 / 3;

/** - Returns: `{since, until}` of the part of a histogram's range that has entries; null where it is good as it is. */
export function narrowed(answer) {
  const { buckets } = answer;
  const width = widthMs(answer.step);
  const first = buckets.findIndex((bucket) => bucket.count > 0);
  if (first < 0) return null;
  const last = buckets.findLastIndex((bucket) => bucket.count > 0);
  const isWide = width * buckets.length >= WIDE_MS || answer.isNarrowed;
  if (!isWide || (last - first + 1) / buckets.length >= USED_MIN || width <= 1) return null;
  return { since: moment(Date.parse(buckets[first].time)), until: moment(Date.parse(buckets[last].time) + width) };
}
