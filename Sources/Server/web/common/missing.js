// What is shown for a path that no view has.

import { h, replace } from './dom.js';
import { start } from './start.js';

start((root) => {
  document.title = 'Not found · LogDB';
  replace(
    root,
    h(
      'div',
      { class: 'empty' },
      h('h1', {}, 'There is no such page'),
      h('p', {}, `Nothing is at ${location.pathname}.`),
      h('a', { class: 'button', href: '/logs' }, 'Go to the logs'),
    ),
  );
});
