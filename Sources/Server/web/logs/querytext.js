// Reads the text of a query as far as the page needs: what to colour, which clauses there are, where the pipes begin. The
// server alone decides what a query means.

const OPERATORS = new Set(['AND', 'OR', 'NOT', '&&', '||']);
const TIME_FIELDS = new Set(['since', 'until', 'between', 'on', 'around', 'tz']);
const CLAUSE = /^([-!]?)(@?[\p{L}\p{N}_.]+|"(?:[^"\\]|\\.)*"):(!=|>=|<=|=|>|<)?/u;
const OPENING = { '(': ')', '[': ']', '{': '}' };

/** The end of a quoted text that begins at `start`. */
function endOfQuote(text, start) {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote !== '`') at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

/** The end of an expression between slashes, or -1 where the slash begins a word. */
function endOfRegex(text, start) {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '/') {
      const end = text[at + 1] === 'i' ? at + 2 : at + 1;
      return at > start + 1 && (end === text.length || /[\s)|]/.test(text[end])) ? end : -1;
    }
  }
  return -1;
}

/** The end of a value: a quoted text, an expression, something in parentheses, or a word. */
function endOfValue(text, start) {
  const first = text[start];
  if (first === undefined || /\s/.test(first)) return start;
  if (first === '"' || first === "'" || first === '`') {
    const end = endOfQuote(text, start);
    return text[end] === '*' ? end + 1 : end;
  }
  if (first === '/') {
    const end = endOfRegex(text, start);
    if (end > 0) return end;
  }
  let at = start;
  const list = /^in(?=\()|^IN\s*(?=\[)/.exec(text.slice(start));
  if (list) at += list[0].length;
  if (OPENING[text[at]]) return endOfGroup(text, at);
  while (at < text.length && !/[\s)|]/.test(text[at])) at += 1;
  return at;
}

function endOfGroup(text, start) {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' || character === '`') at = endOfQuote(text, at) - 1;
    else if (OPENING[character]) depth += 1;
    else if (character === ')' || character === ']' || character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** The text before the first pipe, and the rest with it. */
export function splitPipes(text) {
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '|' && text[at + 1] !== '|') return { filter: text.slice(0, at), pipes: text.slice(at) };
    if (character === '|') at += 2;
    else if (character === '"' || character === '`') at = endOfQuote(text, at);
    else if (character === '/' && /(^|[\s:(])$/.test(text.slice(0, at)) && endOfRegex(text, at) > 0)
      at = endOfRegex(text, at);
    else at += 1;
  }
  return { filter: text, pipes: '' };
}

/**
 * The clauses that stand side by side in the filter.
 * - Returns: For each `{start, end, text, kind, field, operator, value, isNegated}`; `kind` is `field`, `text`, `group` or
 *   `operator`.
 */
export function clauses(text) {
  const { filter } = splitPipes(text);
  const found = [];
  let at = 0;
  while (at < filter.length) {
    if (/\s/.test(filter[at])) {
      at += 1;
      continue;
    }
    const start = at;
    const head = CLAUSE.exec(filter.slice(at));
    const afterHead = head ? filter[at + head[0].length] : undefined;
    if (head && afterHead !== undefined && !/\s/.test(afterHead)) {
      const from = at + head[0].length;
      at = endOfValue(filter, from);
      if (at === from) at += 1;
      found.push(
        clause('field', filter, start, at, {
          field: head[2].replace(/^"(.*)"$/, '$1'),
          operator: head[3] ?? '',
          value: filter.slice(from, at),
          isNegated: head[1] !== '',
        }),
      );
      continue;
    }
    const sign = filter[at] === '-' || filter[at] === '!' ? 1 : 0;
    if (filter[at + sign] === '(') {
      at = endOfGroup(filter, at + sign);
      found.push(clause('group', filter, start, at, { isNegated: sign === 1 }));
      continue;
    }
    at =
      filter.startsWith('||', at) || filter.startsWith('&&', at)
        ? at + 2
        : Math.max(at + 1, endOfValue(filter, at + sign));
    const word = filter.slice(start, at);
    found.push(
      clause(OPERATORS.has(word) ? 'operator' : 'text', filter, start, at, {
        value: word.slice(sign),
        isNegated: sign === 1,
      }),
    );
  }
  return found;
}

function clause(kind, text, start, end, more) {
  return { kind, start, end, text: text.slice(start, end), isNegated: false, ...more };
}

/**
 * The pieces of a query by what they are, for colouring; together they are the text.
 * - Returns: `{text, kind}`, where `kind` is `field`, `time`, `value`, `text`, `operator`, `pipe` or empty.
 */
export function highlight(text) {
  const pieces = [];
  let at = 0;
  const add = (end, kind) => {
    if (end > at) pieces.push({ text: text.slice(at, end), kind });
    at = Math.max(at, end);
  };
  const { filter } = splitPipes(text);
  for (const item of clauses(text)) {
    add(item.start, '');
    if (item.kind === 'field') {
      const head = item.text.length - item.value.length;
      add(item.start + head, TIME_FIELDS.has(item.field) ? 'time' : 'field');
      add(item.end, 'value');
    } else add(item.end, item.kind === 'operator' ? 'operator' : 'text');
  }
  add(filter.length, '');
  for (const match of text.slice(filter.length).matchAll(/(\|\s*)([a-z_]+)?|("(?:[^"\\]|\\.)*"?)|([^|"]+)/g)) {
    const end = at + match[0].length;
    if (match[1]) {
      add(at + match[1].length, 'operator');
      add(end, 'pipe');
    } else add(end, match[3] ? 'value' : '');
  }
  return pieces;
}

export const isTimeField = (name) => TIME_FIELDS.has(name);
