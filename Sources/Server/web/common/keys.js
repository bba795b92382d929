// Keys, and the overlay that lists them.

import { h } from './dom.js';
import { ask } from './dialog.js';

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

const EXAMPLES = [
  ['level:>=WARN module:navigation since:1h', 'warnings and worse of a module, in the last hour'],
  ['"GPS signal weak" device:Drone-*', 'a phrase, from devices whose name begins so'],
  ['timeout OR "battery low" -module:camera', 'one or the other, without a module'],
  ['retry_count:>2', 'an attribute of the context, as a number'],
  ['/retry [3-9] of [0-9]+/', 'a regular expression on the message'],
  ['between:2h..30m level:ERROR', 'a stretch of time, counted back from now'],
  ['since:1d | stats count() as n by module | sort n desc', 'a table: how much each module says'],
  ['since:1d | timechart 1h count() by level', 'counts over time'],
  ['level:ERROR since:7d | patterns', 'what kinds of errors there are'],
  ['"battery low" | context before 5 after 5', 'with what came before and after'],
];

export function showHelp() {
  const seen = new Set();
  const rows = bindings
    .toReversed()
    .filter((binding) => binding.about && !seen.has(binding.keys) && seen.add(binding.keys))
    .toReversed();
  return ask({
    title: 'Keys and queries',
    wide: true,
    body: h(
      'div',
      { class: 'help' },
      h(
        'section',
        {},
        h('h3', {}, 'Keys'),
        h(
          'dl',
          { class: 'dl' },
          rows.map(({ keys, about }) => [
            h(
              'dt',
              {},
              keys.split(' ').map((key) => [h('kbd', {}, key), ' ']),
            ),
            h('dd', {}, about),
          ]),
        ),
      ),
      h(
        'section',
        {},
        h('h3', {}, 'Queries'),
        h(
          'dl',
          { class: 'examples' },
          EXAMPLES.map(([query, about]) => [
            h('dt', {}, h('a', { href: '/logs?query=' + encodeURIComponent(query) }, h('code', {}, query))),
            h('dd', { class: 'muted' }, about),
          ]),
        ),
      ),
    ),
  });
}
