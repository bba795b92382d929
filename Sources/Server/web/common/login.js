import { field } from './dialog.js';
import { h, replace } from './dom.js';
import { signIn } from './session.js';

/** The page of somebody who is not signed in; on the first start it makes the first user. */
export function showLogin(root, isSetup) {
  document.title = isSetup ? 'Set up · LogDB' : 'Sign in · LogDB';
  const problem = h('p', { class: 'form-error', role: 'alert' });
  const submit = h('button', { class: 'primary', type: 'submit' }, isSetup ? 'Make the first user' : 'Sign in');
  const input = (name, type, attributes) => h('input', { name, id: name, type, required: true, ...attributes });
  const form = h(
    'form',
    { class: 'form', id: 'signin' },
    isSetup
      ? field(
          'Setup token',
          input('setup_token', 'text', { autocomplete: 'off', spellcheck: 'false' }),
          'The server printed it when it started.',
        )
      : null,
    field('Name', input('username', 'text', { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' })),
    field(
      'Password',
      input('password', 'password', { autocomplete: isSetup ? 'new-password' : 'current-password' }),
      isSetup ? '8 characters or more.' : null,
    ),
    problem,
    submit,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const path = isSetup ? '/api/v1/auth/setup' : '/api/v1/auth/login';
    const wrong = await signIn(path, Object.fromEntries(new FormData(form))).catch(
      () => 'The server cannot be reached.',
    );
    if (wrong === null) return location.reload();
    replace(problem, wrong);
    submit.disabled = false;
    form.querySelector(isSetup ? '#setup_token' : '#password').focus();
  });
  replace(
    root,
    h(
      'div',
      { class: 'login' },
      h(
        'div',
        { class: 'card' },
        h(
          'div',
          { class: 'body form' },
          h('h1', {}, isSetup ? 'Set up this server' : 'Sign in'),
          isSetup ? h('p', { class: 'muted' }, 'There are no users yet. The first one is an administrator.') : null,
          form,
        ),
      ),
    ),
  );
  form.querySelector('input').focus();
}
