import { get, remove } from '../common/api.js';
import { h, replace } from '../common/dom.js';
import { may } from '../common/session.js';
import { statusMark } from '../common/status.js';
import { relative, stamp } from '../common/time.js';
import { toast } from '../common/toast.js';
import { visible } from '../logs/row.js';

const PAGE = 20;
const OPEN = new Set(['queued', 'delivered', 'acknowledged']);

/** What a device was told, the newest first, and what became of it. */
export function commandHistory(path) {
  const element = h('div', {});
  let signature = '';
  async function load() {
    const { commands } = await get(path + '/commands/history', { limit: PAGE });
    const text = JSON.stringify(commands);
    if (text === signature) return;
    signature = text;
    replace(
      element,
      commands.length === 0
        ? h('p', { class: 'body muted' }, 'It was told nothing yet. Commands wait for a device that is away.')
        : h(
            'div',
            { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Commands' },
            h(
              'table',
              {},
              h(
                'thead',
                {},
                h(
                  'tr',
                  {},
                  ['Command', 'Status', 'Sent', 'Answer'].map((column) => h('th', { scope: 'col' }, column)),
                ),
              ),
              h(
                'tbody',
                {},
                commands.map((command) =>
                  h(
                    'tr',
                    {},
                    h(
                      'td',
                      {},
                      h('strong', { class: 'mono' }, visible(command.command)),
                      h('div', { class: 'hush mono' }, visible(JSON.stringify(command.arguments ?? {}))),
                    ),
                    h(
                      'td',
                      {},
                      statusMark(command.status),
                      OPEN.has(command.status) && may('operate')
                        ? h('div', {}, h('button', { type: 'button', onclick: () => cancel(command) }, 'Cancel'))
                        : null,
                    ),
                    h('td', { class: 'nowrap', title: stamp(command.created_at) }, relative(command.created_at)),
                    h(
                      'td',
                      { class: 'mono' },
                      command.output ? visible(command.output.slice(0, 400)) : '–',
                      command.exit_code !== null && command.exit_code !== undefined
                        ? h('div', { class: 'hush' }, `exit ${command.exit_code}`)
                        : null,
                    ),
                  ),
                ),
              ),
            ),
          ),
    );
  }
  async function cancel(command) {
    await remove(`/fleet/commands/${command.id}`).then(
      () => toast(`Command ${command.id} was cancelled`),
      (error) => toast(error.message, true),
    );
    load();
  }
  return { element, load };
}
