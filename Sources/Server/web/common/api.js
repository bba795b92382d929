// The HTTP API. Errors are its problems (RFC 9457) as they came.

import { csrfToken, ensureFresh } from './session.js';

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.status = status;
    this.code = problem.code ?? '';
    this.errors = problem.errors ?? [];
    this.retryable = problem.retryable ?? false;
    this.requestID = problem.request_id ?? '';
  }
}

/** `path?name=value…`; arrays are repeated, null and undefined left out. */
export function address(path, parameters = {}) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined && item !== '') pairs.append(name, item);
    }
  }
  const text = pairs.toString();
  return '/api/v1' + path + (text ? '?' + text : '');
}

async function send(method, path, { parameters, body, signal } = {}) {
  await ensureFresh();
  const headers = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const token = csrfToken();
  if (method !== 'GET' && token) headers['X-CSRF-Token'] = token;
  let answer;
  try {
    answer = await fetch(address(path, parameters), {
      method,
      headers,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, {
      detail: 'The server cannot be reached. Is it running, and is the network there?',
      code: 'unreachable',
      retryable: true,
    });
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new ApiError(answer.status, problem);
}

/** The answer that `early.js` asked for, if it is this one's; null otherwise, and where it did not come. */
async function earlyAnswer(path, parameters) {
  const early = globalThis.logdbEarly;
  if (early?.address !== address(path, parameters)) return null;
  globalThis.logdbEarly = null;
  return early.answer.catch(() => null);
}

export async function get(path, parameters, signal) {
  const early = await earlyAnswer(path, parameters);
  if (early?.got.ok) return early.body;
  if (early) throw new ApiError(early.got.status, early.body);
  return (await send('GET', path, { parameters, signal })).json();
}

async function change(method, path, body, parameters) {
  const answer = await send(method, path, { body, parameters });
  return answer.status === 204 ? null : answer.json();
}

export const post = (path, body = {}) => change('POST', path, body);
export const put = (path, body, parameters) => change('PUT', path, body, parameters);
export const remove = (path, parameters) => change('DELETE', path, undefined, parameters);

/** Whether an error only says that the request was given up. */
export const isAbort = (error) => error?.name === 'AbortError';

/** The server's counters, which are not part of the API. */
export async function metricsText() {
  await ensureFresh();
  const answer = await fetch('/metrics');
  if (!answer.ok) throw new ApiError(answer.status, {});
  return answer.text();
}
