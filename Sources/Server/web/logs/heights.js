// Where rows of different heights lie: a tree of sums (Fenwick, 1994), so that any number of rows is found in the time of
// its logarithm.

/** The tallest element that browsers place exactly; what is taller is scrolled through by its fraction. */
export const SCROLL_PX_MAX = 15_000_000;

export class Heights {
  #heights = new Float32Array(0);
  #sums = new Float64Array(1);
  count = 0;

  constructor(standard) {
    this.standard = standard;
  }

  /** Forgets everything; there are `count` rows of the standard height. */
  reset(count) {
    this.count = 0;
    this.#heights = new Float32Array(0);
    this.#splice(0, count);
  }

  insert(index, count = 1) {
    if (index === this.count && this.count + count <= this.#heights.length) {
      for (let each = 0; each < count; each += 1) this.#push(this.standard);
    } else this.#splice(index, count);
  }

  removeFirst(count) {
    const kept = this.#heights.slice(count, this.count);
    this.count = 0;
    this.#heights = kept;
    this.#adopt(kept.length);
  }

  set(index, height) {
    const difference = height - this.#heights[index];
    if (Math.abs(difference) < 0.25) return false;
    this.#heights[index] = height;
    for (let at = index + 1; at <= this.count; at += at & -at) this.#sums[at] += difference;
    return true;
  }

  get(index) {
    return this.#heights[index];
  }

  /** The top of a row; of `count` the bottom of the last. */
  top(index) {
    let sum = 0;
    for (let at = index; at > 0; at -= at & -at) sum += this.#sums[at];
    return sum;
  }

  get total() {
    return this.top(this.count);
  }

  /** The row at a place: the last whose top is not below it. */
  at(place) {
    let index = 0;
    let rest = place;
    for (let step = 1 << Math.floor(Math.log2(Math.max(1, this.count))); step > 0; step >>= 1) {
      if (index + step <= this.count && this.#sums[index + step] <= rest) {
        index += step;
        rest -= this.#sums[index];
      }
    }
    return Math.max(0, Math.min(index, this.count - 1));
  }

  #push(height) {
    this.#heights[this.count] = height;
    this.count += 1;
    const at = this.count;
    let sum = height;
    for (let step = 1; step < (at & -at); step <<= 1) sum += this.#sums[at - step];
    this.#sums[at] = sum;
  }

  /** Room for `count` more at `index`; the sums are made anew. */
  #splice(index, count) {
    const old = this.#heights;
    const length = this.count + count;
    const capacity = Math.max(64, 1 << Math.ceil(Math.log2(length + length / 2 + 1)));
    const heights = new Float32Array(capacity);
    heights.set(old.subarray(0, index));
    heights.fill(this.standard, index, index + count);
    heights.set(old.subarray(index, this.count), index + count);
    this.#heights = heights;
    this.#adopt(length);
  }

  /** Makes the sums of the first `length` heights. */
  #adopt(length) {
    this.#sums = new Float64Array(this.#heights.length + 1);
    this.count = length;
    for (let at = 1; at <= length; at += 1) {
      this.#sums[at] += this.#heights[at - 1];
      const parent = at + (at & -at);
      if (parent <= length) this.#sums[parent] += this.#sums[at];
    }
  }
}

/** How the height of all rows maps to what the scroll bar can show. */
export function scrollScale(total, viewport, most = SCROLL_PX_MAX) {
  return total <= most ? 1 : (total - viewport) / (most - viewport);
}
