import { h, replace } from './dom.js';

/**
 * A table whose rows lead somewhere when they are given an address.
 * - Parameter columns: `{name, cell(row), className?}`.
 */
export function table(columns, rows, { label, address, hidden = [] } = {}) {
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': label },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map((column) =>
            h(
              'th',
              { class: column.className, scope: 'col' },
              hidden.includes(column.name) ? h('span', { class: 'sr-only' }, column.name) : column.name,
            ),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) => {
          const to = address?.(row);
          return h(
            'tr',
            {
              class: to ? 'link' : null,
              onclick: to
                ? (event) => {
                    if (!event.target.closest('a, button, input') && !String(getSelection())) location.assign(to);
                  }
                : null,
            },
            columns.map((column) => h('td', { class: column.className }, column.cell(row))),
          );
        }),
      ),
    ),
  );
}

/** Keeps a node's content until the next one is there, so that nothing jumps; shows why when there is none. */
export async function fillWith(node, load, onError) {
  node.setAttribute('aria-busy', 'true');
  try {
    replace(node, await load());
  } catch (error) {
    replace(node, onError(error));
  }
  node.removeAttribute('aria-busy');
}
