import { get, post, remove } from '../common/api.js';
import { ask, field } from '../common/dialog.js';
import { h, replace, symbol } from '../common/dom.js';
import { count } from '../common/format.js';
import { table } from '../common/table.js';
import { stamp } from '../common/time.js';
import { copy } from '../common/toast.js';
import { card } from './parts.js';

const SCOPES = [
  ['query', 'look for entries'],
  ['ingest', 'store entries'],
  ['operate', 'change devices'],
  ['admin', 'users, keys, audit log'],
];

export async function showKeys(root) {
  const quota = (number) => (number ? count(number) : 'any');
  const load = async () => {
    const { api_keys: keys } = await get('/admin/api-keys');
    replace(
      root,
      card(
        'API keys',
        keys.length
          ? table(
              [
                { name: 'Name', cell: (key) => key.name },
                { name: 'May', cell: (key) => key.scopes.map((scope) => h('span', { class: 'badge' }, scope)) },
                { name: 'Account', cell: (key) => key.account },
                { name: 'A second', className: 'num', cell: (key) => quota(key.per_second) },
                { name: 'A day', className: 'num', cell: (key) => quota(key.per_day) },
                { name: 'Since', className: 'nowrap', cell: (key) => stamp(key.created, 'local', 0) },
                {
                  name: 'Actions',
                  cell: (key) =>
                    h(
                      'div',
                      { class: 'row actions-cell' },
                      h(
                        'button',
                        { type: 'button', onclick: () => takeAway(key), 'aria-label': `Remove ${key.name}` },
                        'Remove',
                      ),
                    ),
                },
              ],
              keys,
              { label: 'API keys', hidden: ['Actions'] },
            )
          : h(
              'p',
              { class: 'body muted' },
              'None. Keys are for machines: gateways that send entries, scripts that ask.',
            ),
        h('button', { type: 'button', class: 'primary', onclick: add }, symbol('plus'), 'Add key'),
      ),
    );
  };
  const takeAway = async (key) => {
    await ask({
      title: `Remove ${key.name}?`,
      action: 'Remove',
      danger: true,
      body: h('p', {}, 'Whoever uses it is refused at once.'),
      run: () => remove(`/admin/api-keys/${encodeURIComponent(key.name)}`),
    });
    await load();
  };
  const add = async () => {
    const boxes = SCOPES.map(([scope, about]) =>
      h(
        'label',
        { class: 'row' },
        h('input', { type: 'checkbox', value: scope, checked: scope === 'ingest' }),
        h('strong', {}, scope),
        h('span', { class: 'muted' }, about),
      ),
    );
    const made = await ask({
      title: 'Add an API key',
      action: 'Add',
      body: [
        field('Name', h('input', { name: 'name', required: true, autocomplete: 'off' })),
        h('fieldset', { class: 'form' }, h('legend', { class: 'label' }, 'It may'), boxes),
        field(
          'Requests a second',
          h('input', { name: 'per_second', type: 'number', min: 0, value: 0 }),
          '0 is any number.',
        ),
        field('Requests a day', h('input', { name: 'per_day', type: 'number', min: 0, value: 0 })),
      ],
      run: (values) =>
        post('/admin/api-keys', {
          name: values.name,
          scopes: boxes
            .map((box) => box.querySelector('input'))
            .filter((box) => box.checked)
            .map((box) => box.value),
          per_second: Number(values.per_second),
          per_day: Number(values.per_day),
        }),
    });
    await load();
    if (made) {
      await ask({
        title: 'The key',
        body: [
          h('p', {}, 'It is shown this once and kept nowhere. Whoever has it may use it.'),
          h('pre', { class: 'code', id: 'new-key' }, made.key),
          h('button', { type: 'button', onclick: () => copy(made.key, 'The key was') }, symbol('copy'), 'Copy'),
        ],
      });
    }
  };
  await load();
}
