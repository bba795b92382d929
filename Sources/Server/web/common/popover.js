import { h } from './dom.js';

let open = null;

/** Closes what is open. */
export function closePopover() {
  open?.close();
}

/**
 * Shows content beside an element until Escape, a click elsewhere or `closePopover`.
 * - Returns: A function that closes it.
 */
export function showPopover(
  anchor,
  content,
  { label, role = 'dialog', keepFocus = false, onClose, className = '' } = {},
) {
  closePopover();
  const node = h('div', { class: `popover fade ${className}`, role, 'aria-label': label }, content);
  document.body.append(node);
  place(node, anchor);
  if (anchor.hasAttribute('aria-expanded')) anchor.setAttribute('aria-expanded', 'true');
  const outside = (event) => {
    if (!node.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const keys = (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
      anchor.focus();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !keepFocus) {
      const items = [...node.querySelectorAll('.item, input')];
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const at = items.indexOf(document.activeElement);
      items[Math.min(items.length - 1, Math.max(0, at + step))]?.focus();
      event.preventDefault();
    }
  };
  function close() {
    if (open?.node !== node) return;
    open = null;
    node.remove();
    document.removeEventListener('pointerdown', outside, true);
    document.removeEventListener('keydown', keys, true);
    if (anchor.hasAttribute('aria-expanded')) anchor.setAttribute('aria-expanded', 'false');
    onClose?.();
  }
  document.addEventListener('pointerdown', outside, true);
  document.addEventListener('keydown', keys, true);
  open = { node, close };
  if (!keepFocus) node.querySelector('input, .item, button, select')?.focus();
  return close;
}

/** Below the anchor, inside the window. */
function place(node, anchor) {
  const edge = anchor.getBoundingClientRect();
  const left = Math.max(8, Math.min(edge.left, innerWidth - node.offsetWidth - 8));
  const below = innerHeight - edge.bottom - 12;
  const top =
    below >= Math.min(node.offsetHeight, 220) ? edge.bottom + 4 : Math.max(8, edge.top - node.offsetHeight - 4);
  node.style.left = `${left}px`;
  node.style.top = `${top}px`;
  node.style.maxHeight = `${Math.max(160, innerHeight - top - 8)}px`;
}

/** A button that shows a menu. `items` are [text, action or address] pairs, or null for a line between them. */
export function menuButton(attributes, content, items) {
  const button = h(
    'button',
    {
      type: 'button',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      ...attributes,
      onclick: () => {
        const close = showPopover(
          button,
          items().map((item) => {
            if (!item) return h('hr');
            const [text, action] = item;
            if (typeof action === 'string')
              return h('a', { class: 'item', role: 'menuitem', href: action, onclick: () => close() }, text);
            return h(
              'button',
              {
                class: 'item',
                role: 'menuitem',
                type: 'button',
                onclick: () => {
                  close();
                  action();
                },
              },
              text,
            );
          }),
          { role: 'menu', label: attributes['aria-label'] ?? button.textContent },
        );
      },
    },
    content,
  );
  return button;
}
