// The rows that are there, oldest first, in the one total order of entries.

/** An entry's id says its place: time, device, session and position of its commit, in base 36. */
export function compareIDs(left, right) {
  const one = left.split('-');
  const other = right.split('-');
  for (let at = 0; at < one.length; at += 1) {
    const [a, b] = [one[at], other[at] ?? ''];
    if (a.length !== b.length) return a.length - b.length;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

export class RowStore {
  rows = [];
  #ids = new Set();

  get count() {
    return this.rows.length;
  }

  has(id) {
    return this.#ids.has(id);
  }

  /** Puts a page before all rows. - Returns: How many were new. */
  prepend(newestFirst) {
    const fresh = newestFirst.filter((row) => !this.#ids.has(row.id));
    for (const row of fresh) this.#ids.add(row.id);
    this.rows = fresh.toReversed().concat(this.rows);
    return fresh.length;
  }

  /** Puts a row where it belongs. - Returns: Its index, or -1 for one that is there, or is older than all that is loaded. */
  insert(row, hasOlder = false) {
    if (this.#ids.has(row.id)) return -1;
    let low = 0;
    let high = this.rows.length;
    const last = this.rows.at(-1);
    if (last && compareIDs(last.id, row.id) < 0) low = high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIDs(this.rows[middle].id, row.id) < 0) low = middle + 1;
      else high = middle;
    }
    if (low === 0 && hasOlder && this.rows.length > 0) return -1;
    this.#ids.add(row.id);
    if (low === this.rows.length) this.rows.push(row);
    else this.rows.splice(low, 0, row);
    return low;
  }

  /** Forgets the oldest rows. */
  dropOldest(count) {
    for (const row of this.rows.slice(0, count)) this.#ids.delete(row.id);
    this.rows = this.rows.slice(count);
  }

  indexOf(id) {
    return this.#ids.has(id) ? this.rows.findIndex((row) => row.id === id) : -1;
  }
}
