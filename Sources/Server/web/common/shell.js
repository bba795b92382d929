// What is around every view: the header, the theme, the help.

import { h, replace, svg, symbol } from './dom.js';
import { bind, showHelp } from './keys.js';
import { menuButton } from './popover.js';
import { mayServe, may, signOut, user } from './session.js';

const VIEWS = [
  ['/logs', 'Logs', 'l'],
  ['/fleet', 'Fleet', 'f'],
  ['/sessions', 'Sessions', 's'],
  ['/admin', 'Administration', 'a'],
];

const isAdministrator = () => may('admin') || mayServe('operate');

export function buildShell(path) {
  const views = VIEWS.filter(([address]) => address !== '/admin' || isAdministrator());
  const here = views.find(
    ([address]) => path === address || path.startsWith(address + '/') || (path === '/' && address === '/logs'),
  );
  replace(
    document.getElementById('header'),
    h(
      'div',
      { class: 'topbar' },
      brand(),
      user()
        ? h(
            'nav',
            { 'aria-label': 'Views' },
            views.map((view) => h('a', { href: view[0], 'aria-current': view === here ? 'page' : null }, view[1])),
          )
        : null,
      h('span', { class: 'grow' }),
      themeButton(),
      user()
        ? h(
            'button',
            {
              type: 'button',
              class: 'icon plain',
              'aria-label': 'Help: keys and query examples',
              title: 'Help (?)',
              onclick: showHelp,
            },
            '?',
          )
        : null,
      userMenu(),
    ),
  );
  if (!user()) return;
  bind('?', 'this help', showHelp);
  for (const [address, name, key] of views) bind(`g ${key}`, `go to ${name}`, () => location.assign(address));
  bind('T', 'light or dark', toggleTheme);
}

function brand() {
  return h(
    'a',
    { class: 'brand', href: '/', 'aria-label': 'LogDB' },
    svg(
      'svg',
      { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
      svg('rect', { width: 32, height: 32, rx: 7, fill: '#1f6f6b' }),
      svg('path', {
        d: 'M8 9h16M8 14h10M8 19h13M8 24h7',
        stroke: '#fff',
        'stroke-width': 2.6,
        'stroke-linecap': 'round',
      }),
      svg('circle', { cx: 24, cy: 24, r: 3, fill: '#f2b84b' }),
    ),
    'LogDB',
  );
}

function userMenu() {
  const who = user();
  if (!who) return null;
  if (who.kind === undefined)
    return h('span', { class: 'who', title: 'The server runs with --auth none' }, 'no sign-in');
  return menuButton({ class: 'plain', id: 'who' }, [who.name, symbol('down')], () => [
    [`Role: ${who.role ?? 'key'}, account: ${who.account}`, () => {}],
    null,
    ['Sign out', signOut],
  ]);
}

const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
};

function toggleTheme() {
  const theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('logdb.theme', theme);
  } catch {
    // It holds until the page is left.
  }
  showTheme();
}

let button = null;

function themeButton() {
  button = h('button', {
    type: 'button',
    class: 'icon plain',
    id: 'theme',
    title: 'Light or dark (T)',
    onclick: toggleTheme,
  });
  showTheme();
  return button;
}

function showTheme() {
  button.setAttribute('aria-label', isDark() ? 'Use the light theme' : 'Use the dark theme');
  replace(button, symbol(isDark() ? 'sun' : 'moon'));
}
