// Runs before anything is shown: the theme, so that the page does not flash in the other one, and the modules of the view,
// so that they come at once and not as each names the next. A test holds the list against what the modules import.

try {
  const theme = localStorage.getItem('logdb.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing follows the system's theme.
}

const modules = {
  common: [
    'api',
    'chart',
    'dialog',
    'dom',
    'empty',
    'format',
    'keys',
    'levels',
    'popover',
    'session',
    'shell',
    'storage',
    'time',
    'toast',
  ],
  logs: [
    'buckets',
    'clauses',
    'emptyanswer',
    'facets',
    'filters',
    'heights',
    'histogram',
    'live',
    'marks',
    'querybar',
    'querytext',
    'results',
    'row',
    'rowlist',
    'rowstore',
    'state',
    'stream',
    'toolbar',
    'trend',
    'view',
  ],
};

if (location.pathname === '/' || location.pathname === '/logs') {
  const base = document.currentScript.src.replace(/common\/early\.js$/, '');
  for (const [folder, names] of Object.entries(modules)) {
    for (const name of names) {
      const link = document.createElement('link');
      link.rel = 'modulepreload';
      link.href = `${base}${folder}/${name}.js`;
      document.head.append(link);
    }
  }
}
