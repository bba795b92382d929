import { get, post, remove } from '../common/api.js';
import { ask, field, select } from '../common/dialog.js';
import { h, replace, symbol } from '../common/dom.js';
import { user } from '../common/session.js';
import { table } from '../common/table.js';
import { stamp } from '../common/time.js';
import { toast } from '../common/toast.js';
import { card } from './parts.js';

const ROLES = [
  ['viewer', 'Viewer: looks'],
  ['operator', 'Operator: also changes devices and stores entries'],
  ['admin', 'Administrator: everything'],
];

export async function showUsers(root) {
  const load = async () => {
    const { users } = await get('/admin/users');
    replace(
      root,
      card(
        'Users',
        users.length
          ? table(
              [
                { name: 'Name', cell: (one) => one.username },
                { name: 'Role', cell: (one) => one.role },
                { name: 'Account', cell: (one) => one.account },
                { name: 'Since', className: 'nowrap', cell: (one) => stamp(one.created, 'local', 0) },
                {
                  name: 'Actions',
                  cell: (one) =>
                    h(
                      'div',
                      { class: 'row actions-cell' },
                      one.username === user().name
                        ? h('span', { class: 'muted' }, 'you')
                        : h(
                            'button',
                            { type: 'button', onclick: () => takeAway(one), 'aria-label': `Remove ${one.username}` },
                            'Remove',
                          ),
                    ),
                },
              ],
              users,
              { label: 'Users', hidden: ['Actions'] },
            )
          : h(
              'p',
              { class: 'body muted' },
              'None. With --auth none nobody has to sign in; under --auth required the first user is made with the token that the server prints.',
            ),
        h('button', { type: 'button', class: 'primary', onclick: add }, symbol('plus'), 'Add user'),
      ),
    );
  };
  const takeAway = async (one) => {
    await ask({
      title: `Remove ${one.username}?`,
      action: 'Remove',
      danger: true,
      body: h('p', {}, 'Whoever is signed in so is out at once.'),
      run: () => remove(`/admin/users/${encodeURIComponent(one.username)}`),
    });
    await load();
  };
  const add = async () => {
    const added = await ask({
      title: 'Add a user',
      action: 'Add',
      body: [
        field(
          'Name',
          h('input', { name: 'username', required: true, autocomplete: 'off', pattern: '[\\p{L}\\p{N}._@\\-]{1,64}' }),
          'Letters, digits and . _ @ -',
        ),
        field(
          'Password',
          h('input', {
            name: 'password',
            type: 'password',
            required: true,
            minlength: 8,
            autocomplete: 'new-password',
          }),
          '8 characters or more.',
        ),
        field('Role', select('role', ROLES, 'viewer')),
        field(
          'Account',
          h('input', { name: 'account', value: 'default', required: true }),
          'One of another account sees that account’s devices only.',
        ),
      ],
      run: (values) => post('/admin/users', values),
    });
    if (added) toast('The user was added');
    await load();
  };
  await load();
}
