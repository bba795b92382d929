import { h } from './dom.js';

/** From the least to the most serious. */
export const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** A level is always written out; its colour only repeats it. */
export const levelMark = (level) =>
  h('span', { class: `level level-${LEVELS.includes(level) ? level : 'INFO'}` }, level);
