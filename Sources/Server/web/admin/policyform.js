// The fields of a retention policy, what it would do now, and saving it.

import { put } from '../common/api.js';
import { ask, field } from '../common/dialog.js';
import { h, replace, symbol } from '../common/dom.js';
import { bytes, count, plural } from '../common/format.js';
import { LEVELS } from '../common/levels.js';
import { table } from '../common/table.js';
import { toast } from '../common/toast.js';
import { readPolicy, writePolicy } from './policy.js';

const WHOLE = [
  ['delete_after', 'Keep entries for', 'for ever', 'Such as 90d, 12h or 4w. For what no rule below is for.'],
  ['cold_after', 'To the cold tier after', 'never', 'Days whose entries are all older move.'],
  ['bytes_max', 'At most, all told', 'any size', 'Such as 500 GB. Beyond it the oldest are deleted.'],
  ['hot_bytes_max', 'At most, in the hot tier', 'any size', 'Beyond it the oldest move to the cold tier.'],
];
const NARROWING = [
  ['environment', 'Environment', 'any'],
  ['device', 'Device', 'any'],
  ['module', 'Module', 'any'],
];
const EMPTY_RULE = { environment: '', device: '', module: '', levels: [], delete_after: '' };

export class PolicyForm {
  /** `policy` as the API gives it, with the rows of what it does now. */
  constructor(policy) {
    this.fields = writePolicy(policy);
    this.rules = h('div', {});
    this.effects = h('div', { 'aria-live': 'polite' }, effectTable(policy.rows));
    this.problem = h('p', { class: 'form-error', role: 'alert' });
    this.element = h(
      'form',
      { class: 'body form', onsubmit: (event) => this.#save(event) },
      h(
        'div',
        { class: 'columns' },
        WHOLE.map(([name, label, placeholder, hint]) =>
          field(label, this.#input(this.fields, name, placeholder), hint),
        ),
      ),
      h('h3', {}, 'Rules'),
      h('p', { class: 'muted' }, 'The first rule that an entry fits decides how long it is kept.'),
      this.rules,
      h(
        'div',
        { class: 'row' },
        h('button', { type: 'button', onclick: () => this.#add() }, symbol('plus'), 'Add rule'),
        h('span', { class: 'grow' }),
        h('button', { type: 'button', onclick: () => this.#preview() }, 'Dry run'),
        h('button', { type: 'submit', class: 'primary' }, 'Save'),
      ),
      this.problem,
      h('h3', {}, 'What it does now'),
      this.effects,
    );
    this.#drawRules();
  }

  #input(fields, name, placeholder, label) {
    return h('input', {
      value: fields[name],
      placeholder,
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-label': label,
      oninput: (event) => {
        fields[name] = event.target.value;
      },
    });
  }

  #add() {
    this.fields.rules.push(structuredClone(EMPTY_RULE));
    this.#drawRules();
    this.rules.querySelector('tbody tr:last-child input').focus();
  }

  #drawRules() {
    const { rules } = this.fields;
    if (rules.length === 0) return void replace(this.rules, h('p', { class: 'hush' }, 'None: all are kept alike.'));
    const rows = rules.map((rule, index) => ({ rule, index, name: `Rule ${index + 1}` }));
    const columns = [
      ...NARROWING.map(([key, name, placeholder]) => ({
        name,
        cell: (row) => this.#input(row.rule, key, placeholder, `${row.name}: ${name.toLowerCase()}`),
      })),
      { name: 'Levels', cell: (row) => levelBoxes(row) },
      { name: 'Keep for', cell: (row) => this.#input(row.rule, 'delete_after', 'for ever', `${row.name}: keep for`) },
      { name: 'Actions', className: 'nowrap', cell: (row) => this.#ruleActions(row) },
    ];
    replace(this.rules, table(columns, rows, { label: 'Rules', hidden: ['Actions'] }));
  }

  #ruleActions({ index, name }) {
    const { rules } = this.fields;
    const change = (work) => () => {
      work();
      this.#drawRules();
    };
    return h(
      'div',
      { class: 'row actions-cell' },
      h(
        'button',
        {
          type: 'button',
          disabled: index === 0,
          'aria-label': `${name}: before the one above`,
          onclick: change(() => rules.splice(index - 1, 2, rules[index], rules[index - 1])),
        },
        'Up',
      ),
      h(
        'button',
        { type: 'button', 'aria-label': `${name}: remove`, onclick: change(() => rules.splice(index, 1)) },
        'Remove',
      ),
    );
  }

  /** What the policy in the fields would do; nothing is changed. Undefined where it is none, which is shown. */
  async #preview() {
    replace(this.problem);
    try {
      const policy = readPolicy(this.fields);
      const answer = await put('/admin/retention', policy, { dry_run: true });
      replace(this.effects, effectTable(answer.rows));
      return { policy, rows: answer.rows };
    } catch (error) {
      replace(this.problem, error.message);
    }
  }

  async #save(event) {
    event.preventDefault();
    const preview = await this.#preview();
    if (!preview) return;
    const deleted = preview.rows.filter((row) => row.action === 'delete').reduce((sum, row) => sum + row.entries, 0);
    const saved = await ask({
      title: 'Save the policy?',
      action: 'Save',
      danger: deleted > 0,
      body: h(
        'p',
        {},
        deleted > 0
          ? `${plural(deleted, 'entry is', 'entries are')} past it now and will be deleted within minutes, for good.`
          : 'It deletes nothing now.',
      ),
      run: () => put('/admin/retention', preview.policy),
    });
    if (saved) toast('The policy was saved');
  }
}

function levelBoxes({ rule, name }) {
  return h(
    'span',
    { class: 'row' },
    LEVELS.map((level) =>
      h(
        'label',
        { class: 'row' },
        h('input', {
          type: 'checkbox',
          checked: rule.levels.includes(level),
          'aria-label': `${name}: ${level}`,
          onchange: (event) => {
            rule.levels = LEVELS.filter((one) => (one === level ? event.target.checked : rule.levels.includes(one)));
          },
        }),
        level,
      ),
    ),
  );
}

function effectTable(rows) {
  const active = rows.filter((row) => row.entries > 0);
  if (active.length === 0) return h('p', { class: 'muted' }, 'Nothing is past it: it would delete and move nothing.');
  return table(
    [
      { name: 'Rule', cell: (row) => row.rule },
      { name: 'Does', cell: (row) => (row.action === 'delete' ? 'deletes' : 'moves to the cold tier') },
      { name: 'Entries', className: 'num', cell: (row) => count(row.entries) },
      { name: 'Frees', className: 'num', cell: (row) => bytes(row.bytes) },
    ],
    active,
    { label: 'What the policy does now' },
  );
}
