import { h, replace, symbol } from './dom.js';

/**
 * A dialog with a form.
 * - Parameters:
 *   - body: Nodes.
 *   - action: What the button says, and `run`, which gets the form's values; it may throw, and the dialog then shows why.
 * - Returns: What `run` returned, or undefined when the dialog was closed.
 */
export function ask({ title, body, action, danger = false, wide = false, run }) {
  return new Promise((resolve) => {
    const problem = h('p', { class: 'form-error', role: 'alert' });
    const submit = action ? h('button', { class: danger ? 'danger' : 'primary', type: 'submit' }, action) : null;
    const form = h(
      'form',
      { method: 'dialog', novalidate: false },
      h(
        'header',
        {},
        h('h2', {}, title),
        h(
          'button',
          { type: 'button', class: 'icon plain', 'aria-label': 'Close', onclick: () => dialog.close() },
          symbol('close'),
        ),
      ),
      h('div', { class: 'body' }, body, problem),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', onclick: () => dialog.close() }, action ? 'Cancel' : 'Close'),
        submit,
      ),
    );
    const dialog = h('dialog', { class: wide ? 'wide' : '', 'aria-label': title }, form);
    let result;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      submit.disabled = true;
      replace(problem);
      try {
        result = (await run?.(Object.fromEntries(new FormData(form)))) ?? true;
        dialog.close();
      } catch (error) {
        replace(problem, error.message);
      }
      submit.disabled = false;
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

let fieldCount = 0;

/** A labelled control. */
export function field(label, control, hint) {
  fieldCount += 1;
  control.id ||= `field-${fieldCount}`;
  const hintID = `${control.id}-hint`;
  if (hint) control.setAttribute('aria-describedby', hintID);
  return h(
    'div',
    { class: 'field' },
    h('label', { for: control.id }, label),
    control,
    hint ? h('p', { class: 'hint', id: hintID }, hint) : null,
  );
}

export function select(name, choices, value, attributes = {}) {
  return h(
    'select',
    { name, ...attributes },
    choices.map((choice) => {
      const [key, text] = Array.isArray(choice) ? choice : [choice, choice];
      return h('option', { value: key, selected: key === value }, text);
    }),
  );
}
