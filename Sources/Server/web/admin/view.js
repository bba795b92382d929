// Administration: each part a tab, named in the address.

import { h, replace } from '../common/dom.js';
import { empty, failure } from '../common/empty.js';
import { isAbort } from '../common/api.js';
import { may, mayServe } from '../common/session.js';
import { start } from '../common/start.js';
import { showAudit } from './audit.js';
import { showIngest } from './ingest.js';
import { showJobs } from './jobs.js';
import { showKeys } from './keys.js';
import { showRetention } from './retention.js';
import { showStorage } from './storage.js';
import { showUsers } from './users.js';

const PARTS = [
  { id: 'storage', name: 'Storage', show: showStorage, isFor: () => mayServe('operate') },
  { id: 'retention', name: 'Retention', show: showRetention, isFor: () => mayServe('operate') },
  { id: 'ingest', name: 'Ingest', show: showIngest, isFor: () => may('operate') },
  { id: 'jobs', name: 'Jobs', show: showJobs, isFor: () => mayServe('operate') },
  { id: 'users', name: 'Users', show: showUsers, isFor: () => may('admin') },
  { id: 'keys', name: 'API keys', show: showKeys, isFor: () => may('admin') },
  { id: 'audit', name: 'Audit log', show: showAudit, isFor: () => mayServe('admin') },
];

function show(root) {
  document.title = 'Administration · LogDB';
  const parts = PARTS.filter((part) => part.isFor());
  if (parts.length === 0)
    return replace(
      root,
      h('h1', { class: 'sr-only' }, 'Administration'),
      empty('This is for operators and administrators', 'Ask an administrator for another role.'),
    );
  const tabs = h('nav', { class: 'tabs', 'aria-label': 'Administration' });
  const body = h('div', { class: 'stack' });
  replace(
    root,
    h('div', { class: 'page' }, h('div', { class: 'page-head' }, h('h1', {}, 'Administration')), tabs, body),
  );
  let stop = null;
  const open = async () => {
    stop?.();
    stop = null;
    const part = parts.find(({ id }) => location.hash === '#' + id) ?? parts[0];
    document.title = `${part.name} · LogDB`;
    replace(
      tabs,
      parts.map(({ id, name }) => h('a', { href: '#' + id, 'aria-current': id === part.id ? 'page' : null }, name)),
    );
    const place = h('div', { class: 'stack' });
    try {
      const result = await part.show(place);
      replace(body, place);
      stop = result ?? null;
    } catch (error) {
      if (!isAbort(error)) replace(body, failure(error, open));
    }
  };
  addEventListener('hashchange', open);
  open();
}

start(show);
