// Who uses the page. The document says at once whether somebody is signed in, so that no request has to fail to find out.

import { remember, remembered } from './storage.js';

const EVERYONE = {
  name: 'everyone',
  account: 'default',
  role: 'admin',
  permissions: ['query', 'ingest', 'operate', 'admin'],
};
/** Access ends after 15 minutes; it is renewed this long before. */
const RENEWAL_MS = 60_000;
/** Another tab's renewal counts for this one too. */
const RENEWED_MS = 30_000;

let me = null;
let expires = Infinity;
let renewal = null;

export const csrfToken = () => me?.csrf_token ?? null;
export const user = () => me;
export const may = (permission) => me?.permissions.includes(permission) ?? false;
/** Whether what concerns the whole server is the user's to see. */
export const mayServe = (permission) => may(permission) && me.account === 'default';

/** 'ready', 'signed-out' or 'setup'. */
export async function begin() {
  const state = document.documentElement.dataset.session;
  if (state === 'open') {
    me = EVERYONE;
    return 'ready';
  }
  if (state === 'setup') return 'setup';
  if (state !== 'signed-in' && !(remembered('signedInUntil', 0) > Date.now() && (await renew()))) return 'signed-out';
  const answer = await fetch('/api/v1/auth/me');
  if (!answer.ok) return 'signed-out';
  me = await answer.json();
  expires = Date.parse(me.expires);
  setInterval(() => ensureFresh().catch(() => {}), RENEWAL_MS / 2);
  return 'ready';
}

/** Renews what is about to end, once for all tabs: a token is good for one renewal. */
export async function ensureFresh() {
  if (expires - Date.now() > RENEWAL_MS) return;
  renewal ??= renew().finally(() => {
    renewal = null;
  });
  if (!(await renewal)) location.reload();
}

async function renew() {
  const run = async () => {
    if (Date.now() - remembered('renewedAt', 0) > RENEWED_MS) {
      const answer = await fetch('/api/v1/auth/refresh', { method: 'POST' });
      if (!answer.ok) {
        remember('signedInUntil', null);
        return false;
      }
      remember('renewedAt', Date.now());
    }
    expires = Date.now() + 14 * 60_000;
    return true;
  };
  return navigator.locks ? navigator.locks.request('logdb-renewal', run) : run();
}

/** - Returns: What was wrong, or null. */
export async function signIn(path, members) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...members, cookie: true }),
  });
  if (answer.ok) {
    remember('signedInUntil', Date.now() + 30 * 86_400_000);
    remember('renewedAt', Date.now());
    return null;
  }
  const problem = await answer.json().catch(() => ({}));
  return problem.errors?.[0]?.message ?? problem.detail ?? `The server answered ${answer.status}.`;
}

export async function signOut() {
  await fetch('/api/v1/auth/logout', { method: 'POST', headers: { 'X-CSRF-Token': csrfToken() ?? '' } });
  remember('signedInUntil', null);
  location.assign('/');
}
