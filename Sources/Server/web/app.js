// Finds out who is here and which view the path means, and shows it.

import { h, replace } from './common/dom.js';
import { begin } from './common/session.js';
import { buildShell } from './common/shell.js';

const VIEWS = [
  [/^\/(logs)?$/, () => import('./logs/view.js')],
  [/^\/fleet$/, () => import('./fleet/view.js')],
  [/^\/fleet\/([^/]+)$/, () => import('./fleet/device.js')],
  [/^\/sessions$/, () => import('./sessions/view.js')],
  [/^\/sessions\/([^/]+)$/, () => import('./sessions/session.js')],
  [/^\/sessions\/([^/]+)\/files$/, () => import('./sessions/files.js')],
  [/^\/admin$/, () => import('./admin/view.js')],
];

async function start() {
  const root = document.getElementById('main');
  const path = location.pathname;
  const found = VIEWS.map(([pattern, load]) => [pattern.exec(path), load]).find(([match]) => match);
  const view = found?.[1]();
  const state = await begin();
  buildShell(path);
  if (state !== 'ready') {
    view?.catch(() => {});
    const { showLogin } = await import('./common/login.js');
    return showLogin(root, state === 'setup');
  }
  if (!found) return showMissing(root);
  (await view).show(root, ...found[0].slice(1).map(decodeURIComponent));
}

function showMissing(root) {
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
}

start().catch((error) => {
  replace(
    document.getElementById('main'),
    h(
      'div',
      { class: 'empty', role: 'alert' },
      h('h1', {}, 'The page could not start'),
      h('p', {}, error.message),
      h('button', { type: 'button', onclick: () => location.reload() }, 'Load it again'),
    ),
  );
});
