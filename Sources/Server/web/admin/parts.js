import { h } from '../common/dom.js';

export const stat = (label, value, more) =>
  h(
    'div',
    { class: 'stat' },
    h('div', { class: 'label' }, label),
    h('div', { class: 'value' }, value),
    more ? h('div', { class: 'hush' }, more) : null,
  );

export const card = (title, content, ...tools) =>
  h('section', { class: 'card' }, h('header', {}, h('h2', {}, title), tools), content);

/** A bar for a part of a whole; the number stands beside it. */
export function share(part) {
  const inner = h('span', {});
  inner.style.width = `${Math.max(0, Math.min(1, part)) * 100}%`;
  return h('span', { class: 'meter wide', 'aria-hidden': 'true' }, inner);
}
