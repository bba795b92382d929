// Starts a page: finds out who is here, and shows the view, or how to sign in. Every view's module calls it at its end; the
// document names the one of its path.

import { h, replace } from './dom.js';
import { begin } from './session.js';
import { buildShell } from './shell.js';

/** `show(root, …names)` gets what the path says below the view's own name. */
export async function start(show) {
  const root = document.getElementById('main');
  try {
    const state = await begin();
    buildShell(location.pathname);
    if (state === 'ready') {
      const names = location.pathname.split('/').slice(2);
      return await show(root, ...names.map(decodeURIComponent));
    }
    const { showLogin } = await import('./login.js');
    showLogin(root, state === 'setup');
  } catch (error) {
    showFailure(root, error);
  }
}

function showFailure(root, error) {
  replace(
    root,
    h(
      'div',
      { class: 'empty', role: 'alert' },
      h('h1', {}, 'The page could not start'),
      h('p', {}, error.message),
      h('button', { type: 'button', onclick: () => location.reload() }, 'Load it again'),
    ),
  );
}
