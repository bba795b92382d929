// What can be done with a device, each behind a dialog.

import { post, put, remove } from '../common/api.js';
import { ask, field, select } from '../common/dialog.js';
import { h } from '../common/dom.js';
import { readJSON } from '../common/json.js';
import { toast } from '../common/toast.js';
import { DEVICE_TYPES, ENVIRONMENTS, name } from './names.js';

const choices = (values) => [['', 'not said'], ...values.map((value) => [value, name(value)])];
const COMMANDS = ['reboot', 'restart_session', 'stop_session', 'collect_logs', 'update', 'ping'];

export function edit(device) {
  return ask({
    title: `Edit ${device.name}`,
    action: 'Save',
    body: [
      field('Name', h('input', { name: 'name', value: device.name, required: true, maxlength: 200 })),
      field('Type', select('device_type', choices(DEVICE_TYPES), device.device_type ?? '')),
      field('Environment', select('environment', choices(ENVIRONMENTS), device.environment ?? '')),
      field(
        'Status',
        select(
          'status',
          [
            ['', 'as its heartbeats say'],
            ['maintenance', 'Maintenance'],
            ['offline', 'Offline'],
            ['error', 'Error'],
          ],
          device.status === 'maintenance' ? 'maintenance' : '',
        ),
        'Maintenance holds until another status is set here.',
      ),
    ],
    run: async (values) => {
      const changes = Object.fromEntries(
        Object.entries(values).filter(([key, value]) => value !== '' && value !== device[key]),
      );
      // A device that comes back from maintenance is offline until it is heard of.
      if (values.status === '' && device.status === 'maintenance') changes.status = 'offline';
      if (Object.keys(changes).length) await put(`/fleet/devices/${device.id}`, changes);
      toast(`${values.name} saved`);
    },
  });
}

export function decommission(device) {
  return ask({
    title: `Decommission ${device.name}?`,
    action: 'Decommission',
    danger: true,
    body: [
      h(
        'p',
        {},
        'Its certificates are taken back at once, and commands that it has not finished are cancelled. Its log entries stay. If it logs again it is back, unregistered.',
      ),
      field(`Type ${device.dsn} to confirm`, h('input', { name: 'confirmation', autocomplete: 'off', required: true })),
    ],
    run: async ({ confirmation }) => {
      if (confirmation !== device.dsn) throw new Error('This is not the serial number.');
      await remove(`/fleet/devices/${device.id}`);
      toast(`${device.name} is out of service`);
    },
  });
}

/** Two steps: what is to be done, then whether it really is. */
export async function sendCommand(device) {
  const list = h(
    'datalist',
    { id: 'commands' },
    COMMANDS.map((command) => h('option', { value: command })),
  );
  const wanted = await ask({
    title: `Send a command to ${device.name}`,
    action: 'Go on',
    body: [
      list,
      field(
        'Command',
        h('input', { name: 'command', list: 'commands', required: true, autocomplete: 'off', placeholder: 'reboot' }),
      ),
      field(
        'Arguments',
        h('textarea', { name: 'arguments', rows: 4, value: '{}', spellcheck: 'false' }),
        'A JSON object that the device gets with the command.',
      ),
      field(
        'Good for',
        select(
          'expires_in',
          [
            ['5m', '5 minutes'],
            ['1h', '1 hour'],
            ['1d', '1 day'],
            ['7d', '7 days'],
          ],
          '1h',
        ),
        'A device that was not there in this time does not get it.',
      ),
    ],
    run: (values) => {
      const given = readJSON(values.arguments, 'The arguments are');
      if (given === null || typeof given !== 'object' || Array.isArray(given))
        throw new Error('The arguments are a JSON object, such as {"delay_s": 5}.');
      return { ...values, arguments: given };
    },
  });
  if (!wanted) return undefined;
  return ask({
    title: 'Send it?',
    action: `Send ${wanted.command}`,
    danger: true,
    body: [
      h('p', {}, `${device.name} will do this ${device.status === 'online' ? 'at once' : 'when it is next heard of'}:`),
      h('pre', { class: 'code' }, `${wanted.command} ${JSON.stringify(wanted.arguments, null, 2)}`),
    ],
    run: async () => {
      const answer = await post('/fleet/commands', {
        device_id: device.dsn,
        command: wanted.command,
        arguments: wanted.arguments,
        expires_in: wanted.expires_in,
      });
      toast(`Command ${answer.command_id} is ${answer.status}`);
      return answer;
    },
  });
}
