// All devices: by environment, status and type, as cards or as a table.

import { get } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { select } from '../common/dialog.js';
import { empty, failure } from '../common/empty.js';
import { count, or, percent, plural } from '../common/format.js';
import { bind } from '../common/keys.js';
import { menuButton } from '../common/popover.js';
import { poll } from '../common/poll.js';
import { may } from '../common/session.js';
import { start } from '../common/start.js';
import { statusMark } from '../common/status.js';
import { remember, remembered } from '../common/storage.js';
import { table } from '../common/table.js';
import { relative, stamp } from '../common/time.js';
import { addDevice } from './add.js';
import { decommission, edit, sendCommand } from './actions.js';
import { DEVICE_TYPES, ENVIRONMENTS, name, STATUSES, typeIcon } from './names.js';

const REFRESH_MS = 5_000;
const PAGE = 200;

function show(root) {
  document.title = 'Fleet · LogDB';
  new FleetView(root).start();
}

class FleetView {
  #signature = '';

  constructor(root) {
    const parameters = new URLSearchParams(location.search);
    this.filter = Object.fromEntries(
      ['environment', 'status', 'type', 'search'].map((key) => [key, parameters.get(key) ?? '']),
    );
    this.layout = parameters.get('view') ?? remembered('fleetView', 'grid');
    this.limit = PAGE;
    this.tabs = h('nav', { class: 'tabs', 'aria-label': 'Environments' });
    this.search = h('input', {
      type: 'search',
      placeholder: 'Name or serial number',
      'aria-label': 'Search devices',
      value: this.filter.search,
      oninput: () => this.#set({ search: this.search.value }),
    });
    const choice = (key, label, choices) =>
      select(key, [['', label], ...choices.map((value) => [value, name(value)])], this.filter[key], {
        'aria-label': label,
        onchange: (event) => this.#set({ [key]: event.target.value }),
      });
    this.layouts = ['grid', 'list'].map((layout) =>
      h(
        'button',
        { type: 'button', 'aria-pressed': String(layout === this.layout), onclick: () => this.#setLayout(layout) },
        symbol(layout),
        layout === 'grid' ? 'Grid' : 'List',
      ),
    );
    this.summary = h('span', { class: 'muted', role: 'status' });
    this.body = h('div', { class: 'fleet-body' });
    replace(
      root,
      h(
        'div',
        { class: 'page' },
        h(
          'div',
          { class: 'page-head' },
          h('h1', {}, 'Fleet'),
          this.summary,
          may('operate')
            ? h('button', { type: 'button', class: 'primary', onclick: addDevice }, symbol('plus'), 'Add device')
            : null,
        ),
        this.tabs,
        h(
          'div',
          { class: 'row', role: 'group', 'aria-label': 'Filters' },
          choice('type', 'All types', DEVICE_TYPES),
          choice('status', 'All statuses', STATUSES),
          this.search,
          h('span', { class: 'grow' }),
          h('span', { class: 'group', role: 'group', 'aria-label': 'Layout' }, this.layouts),
        ),
        this.body,
      ),
    );
    bind('/', 'search devices', () => this.search.focus());
    bind('v', 'grid or list', () => this.#setLayout(this.layout === 'grid' ? 'list' : 'grid'));
  }

  start() {
    this.polling = poll(REFRESH_MS, () => this.#load());
  }

  #set(change) {
    Object.assign(this.filter, change);
    const parameters = new URLSearchParams(Object.entries(this.filter).filter(([, value]) => value));
    history.replaceState(null, '', '/fleet' + (parameters.size ? '?' + parameters : ''));
    this.#signature = '';
    this.polling.now();
  }

  #setLayout(layout) {
    this.layout = layout;
    remember('fleetView', layout);
    for (const [index, button] of this.layouts.entries())
      button.setAttribute('aria-pressed', String((index === 0) === (layout === 'grid')));
    this.#signature = '';
    this.#draw();
  }

  async #load() {
    this.#drawTabs();
    try {
      this.answer = await get('/fleet/devices', { ...this.filter, limit: this.limit });
      await this.#loadSessions();
      this.#draw();
    } catch (error) {
      this.#signature = '';
      replace(
        this.body,
        failure(error, () => this.polling.now()),
      );
    }
  }

  /** The names of the sessions that are under way. */
  async #loadSessions() {
    const { sessions } = await get('/sessions', { status: 'active', limit: 500 });
    this.sessions = new Map();
    for (const session of sessions)
      if (!this.sessions.has(session.device_id)) this.sessions.set(session.device_id, session);
  }

  #drawTabs() {
    replace(
      this.tabs,
      [['', 'All'], ...ENVIRONMENTS.map((value) => [value, name(value)])].map(([value, text]) =>
        h(
          'a',
          {
            href: value ? `/fleet?environment=${value}` : '/fleet',
            'aria-current': this.filter.environment === value ? 'page' : null,
            onclick: (event) => {
              if (event.metaKey || event.ctrlKey) return;
              event.preventDefault();
              this.#set({ environment: value });
            },
          },
          text,
        ),
      ),
    );
  }

  #draw() {
    const { devices, next_cursor: next } = this.answer;
    const online = devices.filter((device) => device.status === 'online').length;
    replace(
      this.summary,
      `${next ? `the first ${count(devices.length)} devices` : plural(devices.length, 'device')}, ${count(online)} online`,
    );
    // A page that is drawn again loses what is focused; ages alone are no reason.
    const signature = JSON.stringify([devices, [...this.sessions.keys()], this.layout]);
    if (signature === this.#signature) return this.#showAges();
    this.#signature = signature;
    if (devices.length === 0) return replace(this.body, this.#empty());
    replace(
      this.body,
      this.layout === 'grid'
        ? h(
            'ul',
            { class: 'device-grid' },
            devices.map((device) => h('li', {}, this.#card(device))),
          )
        : h('div', { class: 'card' }, this.#table(devices)),
      next
        ? h(
            'button',
            {
              type: 'button',
              onclick: () => {
                this.limit = Math.min(10_000, this.limit * 5);
                this.polling.now();
              },
            },
            'More devices',
          )
        : null,
    );
  }

  #showAges() {
    for (const node of this.body.querySelectorAll('[data-time]')) replace(node, relative(node.dataset.time));
  }

  #empty() {
    const isFiltered = Object.values(this.filter).some(Boolean);
    return isFiltered
      ? empty(
          'No device is like that',
          'Take a filter away.',
          h('button', { type: 'button', onclick: () => location.assign('/fleet') }, 'Show all devices'),
        )
      : empty(
          'There are no devices yet',
          'A device is here from its first log entry on, or when it registers with a capsule.',
          may('operate') ? h('button', { type: 'button', class: 'primary', onclick: addDevice }, 'Add a device') : null,
          h(
            'pre',
            {},
            `logdb-agent ship app.log --server ${location.origin} --device Robot-7 --state /var/lib/logdb-agent --follow`,
          ),
        );
  }

  #age = (device) =>
    device.last_seen_at
      ? h(
          'span',
          { data: { time: device.last_seen_at }, title: stamp(device.last_seen_at) },
          relative(device.last_seen_at),
        )
      : 'never';

  #card(device) {
    const session = this.sessions.get(device.id);
    const measures = [
      ['Battery', device.battery_level],
      ['CPU', device.cpu_usage],
      ['Memory', device.memory_usage],
      ['Disk', device.disk_usage],
    ].filter(([, value]) => value !== null);
    return h(
      'article',
      { class: 'card device-card' },
      h(
        'header',
        {},
        typeIcon(device.device_type),
        h('h2', {}, h('a', { href: `/fleet/${device.id}` }, device.name)),
        statusMark(device.status),
      ),
      h(
        'div',
        { class: 'body' },
        h(
          'dl',
          { class: 'dl' },
          device.name === device.dsn ? null : [h('dt', {}, 'Serial'), h('dd', { class: 'mono' }, device.dsn)],
          h('dt', {}, 'Type'),
          h('dd', {}, or(name(device.device_type))),
          h('dt', {}, 'Last seen'),
          h('dd', {}, this.#age(device)),
          measures
            .slice(0, 2)
            .map(([label, value]) => [h('dt', {}, label), h('dd', {}, percent(value), ' ', meter(value))]),
          h('dt', {}, 'Session'),
          h(
            'dd',
            {},
            session ? h('a', { href: `/sessions/${session.id}` }, session.name) : h('span', { class: 'muted' }, 'idle'),
          ),
        ),
      ),
      h('footer', {}, this.#actions(device)),
    );
  }

  #actions(device) {
    return [
      h('a', { class: 'button', href: `/fleet/${device.id}`, 'aria-label': `View ${device.name}` }, 'View'),
      h('a', { class: 'button', href: logsOf(device), 'aria-label': `Logs of ${device.name}` }, 'Logs'),
      may('operate')
        ? h(
            'button',
            {
              type: 'button',
              'aria-label': `Edit ${device.name}`,
              onclick: () => edit(device).then(() => this.polling.now()),
            },
            'Edit',
          )
        : null,
      may('operate')
        ? menuButton({ class: 'icon plain', 'aria-label': `More for ${device.name}` }, symbol('more'), () => [
            ['Send command', () => sendCommand(device)],
            ['All sessions', `/sessions?device=${encodeURIComponent(device.dsn)}&since=`],
            null,
            ['Decommission', () => decommission(device).then(() => this.polling.now())],
          ])
        : null,
    ];
  }

  #table(devices) {
    return table(
      [
        { name: 'Name', cell: (device) => h('a', { href: `/fleet/${device.id}` }, device.name) },
        {
          name: 'Type',
          cell: (device) => h('span', { class: 'status' }, typeIcon(device.device_type), or(name(device.device_type))),
        },
        { name: 'Environment', cell: (device) => or(name(device.environment)) },
        { name: 'Status', cell: (device) => statusMark(device.status) },
        { name: 'Last seen', cell: this.#age, className: 'nowrap' },
        { name: 'Battery', cell: (device) => percent(device.battery_level), className: 'num' },
        { name: 'CPU', cell: (device) => percent(device.cpu_usage), className: 'num' },
        {
          name: 'Current session',
          cell: (device) => {
            const session = this.sessions.get(device.id);
            return session
              ? h('a', { href: `/sessions/${session.id}` }, session.name)
              : h('span', { class: 'muted' }, 'idle');
          },
        },
        { name: 'Actions', cell: (device) => h('div', { class: 'row actions-cell' }, this.#actions(device)) },
      ],
      devices,
      { label: 'Devices', address: (device) => `/fleet/${device.id}`, hidden: ['Actions'] },
    );
  }
}

export const logsOf = (device) =>
  '/logs?query=' + encodeURIComponent(`device:"${device.dsn.replace(/[\\"]/g, '\\$&')}" since:1d`);

function meter(value) {
  const inner = h('span', {});
  inner.style.width = `${Math.max(0, Math.min(100, value))}%`;
  return h('span', { class: 'meter', 'aria-hidden': 'true' }, inner);
}

start(show);
