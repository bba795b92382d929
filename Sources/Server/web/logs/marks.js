// The API counts places in Unicode scalars, the browser in units of UTF-16.

export function toUnits(text, scalars) {
  let units = 0;
  for (const character of text) {
    if (scalars <= 0) break;
    units += character.length;
    scalars -= 1;
  }
  return units;
}

export const toScalars = (text, units) => Array.from(text.slice(0, units)).length;

/** Cuts coloured pieces where marks begin and end; a mark behind the text gets a place of its own. */
export function marked(pieces, marks, length) {
  const edges = [...new Set(marks.flat())].toSorted((a, b) => a - b);
  const result = [];
  let at = 0;
  for (const piece of pieces) {
    const end = at + piece.text.length;
    const cuts = [at, ...edges.filter((edge) => edge > at && edge < end), end];
    for (let index = 0; index + 1 < cuts.length; index += 1) {
      const isWrong = marks.some(([from, to]) => cuts[index] >= from && cuts[index + 1] <= to);
      result.push({ text: piece.text.slice(cuts[index] - at, cuts[index + 1] - at), kind: piece.kind, isWrong });
    }
    at = end;
  }
  if (marks.some(([from]) => from >= length)) result.push({ text: ' ', kind: '', isWrong: true });
  return result;
}
