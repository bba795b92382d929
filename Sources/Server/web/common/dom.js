// Elements are made here and nowhere else from text; nothing is ever parsed as markup, so that what devices log stays text.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'indeterminate' || name === 'selected')
      node[name] = value;
    else if (name === 'data') Object.assign(node.dataset, value);
    else node.setAttribute(name === 'className' ? 'class' : name, value === true ? '' : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(node, child);
    else node.append(child instanceof Node ? child : String(child));
  }
}

/** An HTML element. `attributes` may hold `on…` listeners, `data`, `value`, `checked`; children are nodes or text. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Puts other children in place of a node's own. */
export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

const SYMBOLS = {
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5Z',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.5 10.5 14 14',
  down: 'm4 6 4 4 4-4',
  up: 'm4 10 4-4 4 4',
  right: 'm6 4 4 4-4 4',
  close: 'm4 4 8 8M12 4l-8 8',
  star: 'm8 2 1.8 3.8 4.2.6-3 2.9.7 4.2L8 11.5l-3.7 2 .7-4.2-3-2.9 4.2-.6L8 2Z',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 5v3l2 1.5',
  download: 'M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10',
  folder: 'M2 4.5h4l1.5 1.5H14v7H2v-8.5Z',
  file: 'M4 2h5l3 3v9H4V2ZM9 2v3h3',
  list: 'M3 4h10M3 8h10M3 12h10',
  grid: 'M3 3h4v4H3V3ZM9 3h4v4H9V3ZM3 9h4v4H3V9ZM9 9h4v4H9V9Z',
  more: 'M4 8h.01M8 8h.01M12 8h.01',
  edit: 'm3 13 .6-2.8 7-7a1.4 1.4 0 0 1 2 2l-7 7L3 13Z',
  send: 'M2.5 8 14 2.5 10 13.5 7.5 9 2.5 8Z',
  columns: 'M2.5 3h11v10h-11V3ZM6 3v10M10 3v10',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  copy: 'M5.5 5.5h8v8h-8v-8ZM2.5 10.5v-8h8',
  link: 'M6.5 9.5 9.5 6.5M7 4.5l1-1a3 3 0 0 1 4.5 4.5l-1 1M9 11.5l-1 1A3 3 0 0 1 3.5 8l1-1',
  wrap: 'M2.5 4h11M2.5 8H11a2 2 0 0 1 0 4.5H8.5m1.5-2-2 2 2 2',
};

/** A small drawing beside a text; says nothing to a screen reader. */
export function symbol(name) {
  return svg(
    'svg',
    { class: 'symbol', viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: SYMBOLS[name] }),
  );
}
