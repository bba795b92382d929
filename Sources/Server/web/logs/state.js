// What the logs view shows, as it stands in the page's address: whoever gets the link sees the same.

import { TIME_MODES } from '../common/time.js';
import { remember, remembered } from '../common/storage.js';

export const COLUMNS = [
  'time',
  'level',
  'device',
  'session',
  'module',
  'logger',
  'process',
  'thread',
  'received',
  'message',
];
const STANDARD = ['time', 'level', 'device', 'module', 'message'];

/** Reads the address; what it does not say is as this browser had it last. */
export function readState(search) {
  const parameters = new URLSearchParams(search);
  const columns = (parameters.get('columns') ?? '').split(',').filter(Boolean);
  const mode = parameters.get('time');
  return {
    query: parameters.get('query') ?? '',
    entry: parameters.get('entry'),
    columns: columns.length ? columns : remembered('columns', STANDARD),
    wrap: parameters.has('wrap') ? parameters.get('wrap') === '1' : remembered('wrap', false),
    time: TIME_MODES.includes(mode) ? mode : remembered('time', 'local'),
    live: parameters.get('live') !== '0',
  };
}

export function writeState(state) {
  const parameters = new URLSearchParams();
  if (state.query) parameters.set('query', state.query);
  if (state.entry) parameters.set('entry', state.entry);
  if (state.columns.join() !== STANDARD.join()) parameters.set('columns', state.columns.join(','));
  if (state.wrap) parameters.set('wrap', '1');
  if (state.time !== 'local') parameters.set('time', state.time);
  if (!state.live) parameters.set('live', '0');
  const text = parameters.toString();
  return text ? '?' + text : '';
}

/** Puts the state into the address; `isStep` makes the back button return to what was before. */
export function keepState(state, isStep) {
  const address = '/logs' + writeState(state);
  if (address === location.pathname + location.search) return;
  if (isStep) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  for (const name of ['columns', 'wrap', 'time']) remember(name, state[name]);
}
