// Writes what the filter controls say into a query, and reads it back. Only clauses that hold for the whole query are
// touched; whatever else a query says stays as it was written.

import { clauses, isTimeField, splitPipes } from './querytext.js';
import { LEVELS } from '../common/levels.js';

const ALIASES = { dsn: 'device', session_id: 'session', module_name: 'module' };
const canonical = (field) => ALIASES[field] ?? field;

/** A value as a query has it: bare where that reads as the same, else quoted. */
export function quoted(value) {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.:@#-]*$/u.test(value) && !value.includes('..') && !value.endsWith(':')) return value;
  return (
    '"' + value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r') + '"'
  );
}

export function unquoted(text) {
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(text)) return text;
  const named = { n: '\n', t: '\t', r: '\r' };
  return text.slice(1, -1).replace(/\\(.)/gs, (_, character) => named[character] ?? character);
}

/** A field's name as a query has it. */
export function fieldName(name) {
  return /^@?[\p{L}\p{N}_.]+$/u.test(name) && !isTimeField(name) ? name : '"' + name.replace(/[\\"]/g, '\\$&') + '"';
}

/** Whether the filter's clauses must all hold; with an OR side by side they need not. */
const isConjunction = (items) =>
  !items.some((item) => item.kind === 'operator' && item.text !== 'AND' && item.text !== '&&');

/** The text without the clauses for which `isGone` holds, and with `added` behind its filter. */
function rewrite(text, isGone, added) {
  const { filter, pipes } = splitPipes(text);
  const items = clauses(text);
  let kept = filter;
  for (const item of items.toReversed()) {
    if (item.kind === 'field' && isGone(item))
      kept = kept.slice(0, item.start).trimEnd() + ' ' + kept.slice(item.end).trimStart();
  }
  kept = kept.trim().replace(/^(AND|&&)\s+|\s+(AND|&&)$/g, '');
  if (added && !isConjunction(clauses(kept)) && !isTimeField(added.split(':')[0])) kept = `(${kept})`;
  return [kept, added, pipes].filter(Boolean).join(' ');
}

const isOf = (item, field) => item.kind === 'field' && canonical(item.field) === field;

/** Adds a clause for a value of a field, unless it is there; takes its opposite away. */
export function addValue(text, field, value, isExcluded = false) {
  const same = (item) =>
    isOf(item, canonical(field)) && unquoted(item.value) === value && (item.operator === '' || item.operator === '=');
  if (clauses(text).some((item) => same(item) && item.isNegated === isExcluded)) return text;
  return rewrite(text, same, `${isExcluded ? '-' : ''}${fieldName(field)}:${quoted(value)}`);
}

/** The values of a field that the query asks for; null where it asks in a way that no control shows. */
export function values(text, field) {
  const items = clauses(text).filter((item) => isOf(item, field) && !item.isNegated);
  if (items.length === 0) return [];
  if (items.length > 1) return null;
  const { value, operator } = items[0];
  if (operator !== '' && operator !== '=') return null;
  const list = /^(?:in)?\((.*)\)$/s.exec(value);
  if (!list) return /^\/|[*?[\]{}]|\.\./.test(value) && !value.startsWith('"') ? null : [unquoted(value)];
  const inside = list[1].trim();
  const parts = inside.match(/"(?:[^"\\]|\\.)*"|[^\s,]+/g) ?? [];
  const words = parts.filter((part) => part !== 'OR');
  const isPlain =
    words.every((word) => /^"|^[^()/*?<>=]+$/.test(word)) &&
    (value.startsWith('in') || parts.length === words.length * 2 - 1);
  return isPlain ? words.map(unquoted) : null;
}

/** Asks for one of `wanted`, in place of what the query asked of the field. */
export function setValues(text, field, wanted) {
  const isGone = (item) => isOf(item, field) && !item.isNegated;
  if (wanted.length === 0) return rewrite(text, isGone, '');
  const value = wanted.length === 1 ? quoted(wanted[0]) : `in(${wanted.map(quoted).join(', ')})`;
  return rewrite(text, isGone, `${field}:${value}`);
}

/** The levels that the query asks for; null where it says it in another way. */
export function levels(text) {
  const items = clauses(text).filter((item) => isOf(item, 'level'));
  if (items.length === 0) return new Set(LEVELS);
  if (items.length === 1 && ['>=', '>', '<=', '<'].includes(items[0].operator) && !items[0].isNegated) {
    const at = LEVELS.indexOf(items[0].value.toUpperCase());
    if (at < 0) return null;
    const holds = {
      '>=': (index) => index >= at,
      '>': (index) => index > at,
      '<=': (index) => index <= at,
      '<': (index) => index < at,
    };
    return new Set(LEVELS.filter((_, index) => holds[items[0].operator](index)));
  }
  const wanted = values(text, 'level')?.map((level) => level.toUpperCase());
  if (!wanted || items.some((item) => item.isNegated)) return null;
  return wanted.every((level) => LEVELS.includes(level)) ? new Set(wanted) : null;
}

/** Writes levels in the shortest way: nothing for all of them, `level:>=WARN` for the serious ones. */
export function setLevels(text, wanted) {
  const chosen = LEVELS.filter((level) => wanted.has(level));
  const isGone = (item) => isOf(item, 'level');
  if (chosen.length === 0 || chosen.length === LEVELS.length) return rewrite(text, isGone, '');
  if (chosen.length === 1) return rewrite(text, isGone, `level:${chosen[0]}`);
  const isTail = chosen.at(-1) === 'FATAL' && LEVELS.indexOf(chosen[0]) === LEVELS.length - chosen.length;
  return rewrite(text, isGone, isTail ? `level:>=${chosen[0]}` : `level:in(${chosen.join(', ')})`);
}

/** The time clauses, as they are written and without `tz`; empty for none. */
export const time = (text) =>
  clauses(text)
    .filter((item) => item.kind === 'field' && isTimeField(item.field) && item.field !== 'tz')
    .map((item) => item.text)
    .join(' ');

/** Puts a time clause in place of those that are there. */
export const setTime = (text, clause) =>
  rewrite(text, (item) => isTimeField(item.field) && item.field !== 'tz', clause);

/** Whether the query goes on to now: nothing says when it ends. */
export const isOpenEnded = (text) =>
  !clauses(text).some((item) => item.kind === 'field' && ['until', 'between', 'on', 'around'].includes(item.field));

/** The words and phrases that messages are to have, as they are written. */
export const words = (text) =>
  clauses(text)
    .filter((item) => item.kind === 'text')
    .map((item) => item.text)
    .join(' ');

/** Puts other words in place of them. */
export function setWords(text, wanted) {
  const { filter, pipes } = splitPipes(text);
  let kept = filter;
  for (const item of clauses(text).toReversed()) {
    if (item.kind === 'text') kept = kept.slice(0, item.start).trimEnd() + ' ' + kept.slice(item.end).trimStart();
  }
  return [wanted.trim(), kept.trim(), pipes].filter(Boolean).join(' ');
}

/** A filter that finds what a pattern of `| patterns` stands for. */
export function patternFilter(pattern) {
  if (pattern === '<*>') return '';
  const parts = pattern.split(/<(?:num|hex|uuid|\*)>/).map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return parts.length === 1 ? quoted(pattern) : `/^${parts.join('\\S+')}$/`;
}

/** What shows an entry among those around it: of its session, or where it has none of its device. */
export function contextQuery(row) {
  return [`device:${quoted(row.device)}`, row.session ? `session:${quoted(row.session)}` : '', `around:#${row.id}~5m`]
    .filter(Boolean)
    .join(' ');
}
