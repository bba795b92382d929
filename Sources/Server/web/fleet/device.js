// One device: what it is, how it does, what it was told, what it says.

import { get, isAbort } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { failure } from '../common/empty.js';
import { bytes, count, or, percent } from '../common/format.js';
import { bind } from '../common/keys.js';
import { menuButton } from '../common/popover.js';
import { poll } from '../common/poll.js';
import { may } from '../common/session.js';
import { start } from '../common/start.js';
import { statusMark } from '../common/status.js';
import { duration, relative, stamp } from '../common/time.js';
import { decommission, edit, sendCommand } from './actions.js';
import { certificates } from './certificates.js';
import { commandHistory } from './commands.js';
import { metricCharts } from './metrics.js';
import { name, typeIcon } from './names.js';
import { shadow } from './shadow.js';
import { logsOf } from './view.js';
import { recentLogs } from '../logs/recent.js';

const REFRESH_MS = 5_000;
/** A clock that is further off than this makes its times hard to read beside others. */
const CLOCK_OFFSET_MS_MAX = 1_000;

async function show(root, id) {
  document.title = 'Device · LogDB';
  try {
    new DevicePage(root, await get(`/fleet/devices/${encodeURIComponent(id)}`)).start();
  } catch (error) {
    if (!isAbort(error)) replace(root, h('h1', { class: 'sr-only' }, 'Device'), failure(error));
  }
}

class DevicePage {
  constructor(root, device) {
    this.device = device;
    this.path = `/fleet/devices/${device.id}`;
    document.title = `${device.name} · LogDB`;
    this.head = h('div', {});
    this.info = h('div', { class: 'body' });
    this.active = h('div', { class: 'body' });
    const commands = commandHistory(this.path);
    const charts = metricCharts(this.path);
    const logs = recentLogs({ query: '', device: device.dsn, since: '30d' }, 50);
    replace(
      root,
      h(
        'div',
        { class: 'page' },
        this.head,
        h(
          'div',
          { class: 'columns' },
          card('About', this.info),
          h(
            'div',
            { class: 'stack' },
            card(
              'Session',
              this.active,
              h(
                'a',
                { class: 'button', href: `/sessions?device=${encodeURIComponent(device.dsn)}&since=` },
                'View All Sessions',
              ),
            ),
            card('Certificates', certificates(this.path)),
          ),
        ),
        card('Metrics', charts.element, charts.ranges),
        card('Last 50 log entries', logs.element, h('a', { class: 'button', href: logsOf(device) }, 'View in Logs')),
        h(
          'div',
          { class: 'columns' },
          card(
            'Commands',
            commands.element,
            may('operate')
              ? h('button', { type: 'button', onclick: () => this.#send(commands) }, symbol('send'), 'Send Command')
              : null,
          ),
          card('Shadow', shadow(this.path)),
        ),
      ),
    );
    bind('e', 'edit the device', () => may('operate') && this.#edit());
    this.parts = [commands.load, logs.load, charts.refresh];
  }

  start() {
    this.#draw();
    this.polling = poll(REFRESH_MS, async () => {
      this.device = await get(this.path);
      this.#draw();
      await Promise.all(this.parts.map((load) => load()));
    });
  }

  async #send(commands) {
    if (await sendCommand(this.device)) commands.load();
  }

  async #edit() {
    await edit(this.device);
    this.polling.now();
  }

  #draw() {
    const { device } = this;
    const signature = JSON.stringify(device);
    if (signature === this.signature) return;
    this.signature = signature;
    replace(
      this.head,
      h(
        'nav',
        { class: 'crumbs', 'aria-label': 'Path' },
        h('a', { href: '/fleet' }, 'Fleet'),
        '›',
        h('span', {}, device.name),
      ),
      h(
        'div',
        { class: 'page-head' },
        typeIcon(device.device_type),
        h('h1', {}, device.name),
        statusMark(device.status),
        may('operate')
          ? [
              h('button', { type: 'button', onclick: () => this.#edit() }, symbol('edit'), 'Edit'),
              menuButton({ class: 'icon', 'aria-label': 'More' }, symbol('more'), () => [
                [
                  'Decommission',
                  async () => {
                    if (await decommission(device)) location.assign('/fleet');
                  },
                ],
              ]),
            ]
          : null,
      ),
    );
    const offset = device.clock_offset_ms;
    replace(
      this.info,
      h(
        'dl',
        { class: 'dl' },
        [
          ['Serial number', h('span', { class: 'mono' }, device.dsn)],
          ['Type', or(name(device.device_type))],
          ['Environment', or(name(device.environment))],
          ['Registered', device.registered ? stamp(device.registered_at, 'local', 0) : 'no: it only logs'],
          ['First seen', stamp(device.first_seen_at, 'local', 0)],
          ['Last seen', `${stamp(device.last_seen_at, 'local', 0)} (${relative(device.last_seen_at)})`],
          [
            'Last heartbeat',
            device.last_heartbeat_at
              ? `${stamp(device.last_heartbeat_at, 'local', 0)} (${relative(device.last_heartbeat_at)})`
              : 'never',
          ],
          ['Agent', or(device.agent_version)],
          [
            'Clock',
            offset === null
              ? 'not measured'
              : Math.abs(offset) > CLOCK_OFFSET_MS_MAX
                ? h(
                    'span',
                    { class: 'tone-warn' },
                    `${duration(Math.abs(offset) / 1000)} ${offset > 0 ? 'ahead' : 'behind'}: its times are off`,
                  )
                : `${offset} ms off`,
          ],
          ['Waiting to be sent', or(count(device.spool_depth))],
          [
            'Dropped on the device',
            device.dropped_count
              ? h('span', { class: 'tone-warn' }, `${count(device.dropped_count)} entries were lost there`)
              : count(device.dropped_count),
          ],
          ['Battery', percent(device.battery_level)],
          ['CPU', percent(device.cpu_usage)],
          ['Memory', percent(device.memory_usage)],
          ['Disk', percent(device.disk_usage)],
          ['Temperature', device.temperature === null ? '–' : `${device.temperature.toFixed(1)} °C`],
          ...Object.entries(device.device_info ?? {}).map(([key, value]) => [
            key,
            /bytes/.test(key) && typeof value === 'number'
              ? bytes(value)
              : String(typeof value === 'object' ? JSON.stringify(value) : value),
          ]),
        ].map(([label, value]) => [h('dt', {}, label), h('dd', {}, value)]),
      ),
    );
    this.#loadSession();
  }

  async #loadSession() {
    const { sessions } = await get('/sessions', { device: this.device.dsn, limit: 1 }).catch(() => ({ sessions: [] }));
    const session = sessions[0];
    if (!session)
      return replace(
        this.active,
        h('p', { class: 'muted' }, 'No session yet. One is there from its first entry with a session_id on.'),
      );
    const { gaps } = await get(`/sessions/${session.id}/timeline`).catch(() => ({ gaps: [] }));
    return replace(
      this.active,
      h(
        'dl',
        { class: 'dl' },
        [
          [
            session.status === 'active' ? 'Under way' : 'Last',
            h('a', { href: `/sessions/${session.id}` }, session.name),
          ],
          ['Status', statusMark(session.status)],
          ['Started', `${stamp(session.started_at, 'local', 0)} (${relative(session.started_at)})`],
          ['Lasted', duration(session.duration_seconds)],
          [
            'Entries',
            `${count(session.total_logs)}, ${count(session.error_count)} errors, ${count(session.warning_count)} warnings`,
          ],
          [
            'Gaps',
            gaps.length
              ? h(
                  'span',
                  { class: 'tone-warn' },
                  `${count(gaps.length)}, the last from ${stamp(gaps.at(-1).since, 'local', 0)} for ${duration((Date.parse(gaps.at(-1).until) - Date.parse(gaps.at(-1).since)) / 1000)}`,
                )
              : 'none',
          ],
        ].map(([label, value]) => [h('dt', {}, label), h('dd', {}, value)]),
      ),
    );
  }
}

function card(title, content, ...tools) {
  return h('section', { class: 'card' }, h('header', {}, h('h2', {}, title), tools), content);
}

start(show);
