// The capsule wizard: from a serial number to a device that registers itself.

import { post } from '../common/api.js';
import { ask, field, select } from '../common/dialog.js';
import { h, symbol } from '../common/dom.js';
import { readJSON } from '../common/json.js';
import { stamp } from '../common/time.js';
import { copy } from '../common/toast.js';
import { DEVICE_TYPES, ENVIRONMENTS, name } from './names.js';

const named = (values) => values.map((value) => [value, name(value)]);

export async function addDevice() {
  const capsule = await ask({
    title: 'Add a device (1 of 2)',
    action: 'Make the capsule',
    body: [
      h(
        'p',
        { class: 'muted' },
        'A capsule lets one device register itself, once, within 24 hours. It gets a certificate of its own for 90 days.',
      ),
      field(
        'Serial number',
        h('input', {
          name: 'dsn',
          required: true,
          maxlength: 200,
          autocomplete: 'off',
          spellcheck: 'false',
          placeholder: 'DEV-ABC-12345',
        }),
      ),
      field('Type', select('type', named(DEVICE_TYPES), 'drone')),
      field('Environment', select('environment', named(ENVIRONMENTS), 'testing')),
      field(
        'Composition',
        h('textarea', { name: 'composition', rows: 3, spellcheck: 'false', placeholder: '{"name": "DroneNav"}' }),
        'May be left out: a JSON object with what the device is to run.',
      ),
    ],
    run: async (values) => {
      const body = { dsn: values.dsn.trim(), type: values.type, environment: values.environment };
      if (values.composition.trim()) body.composition = readJSON(values.composition, 'The composition is');
      return { ...(await post('/capsules/generate', body)), dsn: body.dsn };
    },
  });
  if (!capsule) return;
  const file = `${capsule.dsn.replace(/[^\p{L}\p{N}._-]/gu, '_')}.capsule.yaml`;
  const command = `logdb-agent register --capsule ${file}`;
  await ask({
    title: 'Add a device (2 of 2)',
    wide: true,
    body: [
      h(
        'p',
        {},
        `Put the capsule on ${capsule.dsn} and run one line there. Whoever has the file can register as this device until `,
        h('strong', {}, stamp(capsule.expires_at, 'local', 0)),
        ', so hand it on with care; it is not shown again.',
      ),
      h(
        'div',
        { class: 'row' },
        download(capsule.manifest, file),
        h(
          'button',
          { type: 'button', onclick: () => copy(command, 'The command was') },
          symbol('copy'),
          'Copy the command',
        ),
      ),
      h('pre', { class: 'code', id: 'install-command' }, command),
      h('details', {}, h('summary', {}, 'What is in the capsule'), h('pre', { class: 'code' }, capsule.manifest)),
    ],
  });
}

function download(text, file) {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  return h(
    'a',
    { class: 'button primary', id: 'download-capsule', href: address, download: file },
    symbol('download'),
    `Download ${file}`,
  );
}
