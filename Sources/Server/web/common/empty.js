import { h } from './dom.js';

/** What stands where nothing is: what that means and what to do, never a blank. */
export function empty(title, text, ...more) {
  return h('div', { class: 'empty' }, h('h2', {}, title), text ? h('p', {}, text) : null, more);
}

/** Why something cannot be shown, and the way on. */
export function failure(error, retry) {
  const advice =
    error.status === 403
      ? 'Ask an administrator for a role that may see this.'
      : error.status === 0
        ? null
        : error.requestID
          ? `The server’s log has more under request ${error.requestID}.`
          : null;
  return h(
    'div',
    { class: 'empty', role: 'alert' },
    h(
      'h2',
      {},
      error.status === 403
        ? 'This is not yours to see'
        : error.status === 404
          ? 'There is no such thing here'
          : 'This could not be loaded',
    ),
    h('p', {}, error.message),
    (advice && error.status >= 500) || error.status === 403 ? h('p', { class: 'hush' }, advice) : null,
    retry ? h('button', { type: 'button', onclick: retry }, 'Try again') : null,
  );
}
