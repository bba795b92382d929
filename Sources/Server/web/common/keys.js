// Keys, and what the overlay that lists them has to know.

const bindings = [];
let prefix = '';
let prefixTimer = 0;

/** Binds a key, or two after each other (`g l`), while nobody types. `about` is what the help says. */
export function bind(keys, about, action) {
  bindings.push({ keys, about, action });
}

const isTyping = (target) =>
  target.closest?.('input:not([type="checkbox"]), textarea, select, dialog, [role="menu"], .popover');

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const keys = prefix ? `${prefix} ${event.key}` : event.key;
  prefix = '';
  const found = bindings.findLast((binding) => binding.keys === keys);
  if (found) {
    event.preventDefault();
    found.action(event);
  } else if (bindings.some((binding) => binding.keys.startsWith(event.key + ' '))) {
    prefix = event.key;
    clearTimeout(prefixTimer);
    prefixTimer = setTimeout(() => {
      prefix = '';
    }, 1_500);
  }
});

/** What is bound and has a meaning to tell, each key once: the binding that holds. */
export function explained() {
  const seen = new Set();
  return bindings
    .toReversed()
    .filter((binding) => binding.about && !seen.has(binding.keys) && seen.add(binding.keys))
    .toReversed();
}

/** Shows the overlay; it is loaded when it is first wanted. */
export async function showHelp() {
  const { help } = await import('./help.js');
  return help();
}
