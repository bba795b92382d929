// Runs before anything is shown: the theme, so that the page does not flash in the other one, and the question of the logs
// view, so that its answer comes while the modules do.

try {
  const theme = localStorage.getItem('logdb.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing follows the system's theme.
}

/** `{address, answer}`: a promise of what the API answers to the address; taken once, by `common/api.js`. */
globalThis.logdbEarly = null;

const isAnswered = ['open', 'signed-in'].includes(document.documentElement.dataset.session);
const query = new URLSearchParams(location.search).get('query') ?? '';
// Pipes make another question of it.
if (isAnswered && (location.pathname === '/' || location.pathname === '/logs') && !query.includes('|')) {
  const pairs = new URLSearchParams(query === '' ? { limit: '100' } : { query, limit: '100' });
  const address = `/api/v1/logs?${pairs}`;
  const headers = { Accept: 'application/json' };
  const answer = fetch(address, { headers }).then(async (got) => ({ got, body: await got.json() }));
  // Whoever takes it sees the failure; a page that does not need it says nothing.
  answer.catch(() => {});
  globalThis.logdbEarly = { address, answer };
}
