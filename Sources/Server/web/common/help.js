// The overlay of keys and examples of queries.

import { ask } from './dialog.js';
import { h } from './dom.js';
import { explained } from './keys.js';

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

export function help() {
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
          explained().map(({ keys, about }) => [
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
