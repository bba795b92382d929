// The filter controls. Each writes its clause into the query and shows what the query says, so that there is one truth.

import { get } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { count } from '../common/format.js';
import { LEVELS } from '../common/levels.js';
import { closePopover, showPopover } from '../common/popover.js';
import { moment } from '../common/time.js';
import { levels, setLevels, setTime, setValues, setWords, time, values, words } from './clauses.js';
import { visible } from './row.js';

const RANGES = [
  ['since:5m', 'Last 5 minutes'],
  ['since:15m', 'Last 15 minutes'],
  ['', 'Last hour'],
  ['since:6h', 'Last 6 hours'],
  ['since:1d', 'Last 24 hours'],
  ['since:7d', 'Last 7 days'],
  ['since:30d', 'Last 30 days'],
  ['since:1970-01-01', 'All time'],
];
const VALUES_MAX = 500;

export class Filters {
  /** `query()` is the text as it is, `onChange(text)` gets the next one, `parameters()` narrows what is offered. */
  constructor({ query, onChange, parameters }) {
    Object.assign(this, { query, onChange, parameters });
    this.pickers = ['device', 'session', 'module'].map((name) => ({ name, button: this.#picker(name) }));
    this.boxes = LEVELS.map((level) =>
      h('input', { type: 'checkbox', value: level, onchange: (event) => this.#toggle(level, event.target) }),
    );
    this.words = h('input', {
      type: 'search',
      class: 'words',
      'aria-label': 'Words in the message',
      placeholder: 'Words in the message',
      onchange: () => this.#setWords(),
    });
    this.range = h('button', {
      type: 'button',
      class: 'range',
      'aria-haspopup': 'dialog',
      'aria-expanded': 'false',
      onclick: () => this.#chooseTime(),
    });
    this.element = h(
      'div',
      { class: 'filters', role: 'group', 'aria-label': 'Filters' },
      this.pickers.map(({ button }) => button),
      h(
        'fieldset',
        { class: 'levels' },
        h('legend', { class: 'sr-only' }, 'Levels'),
        LEVELS.map((level, index) =>
          h('label', {}, this.boxes[index], h('span', { class: `level level-${level}` }, level)),
        ),
      ),
      this.words,
      this.range,
    );
  }

  /** Shows what the query says. */
  read() {
    const text = this.query();
    for (const { name, button } of this.pickers) {
      const chosen = values(text, name);
      const label = name[0].toUpperCase() + name.slice(1);
      replace(
        button,
        h('span', { class: 'muted' }, label),
        h(
          'span',
          { class: 'chosen' },
          chosen === null
            ? 'as written'
            : chosen.length === 0
              ? 'All'
              : chosen.length === 1
                ? visible(chosen[0])
                : `${chosen.length} chosen`,
        ),
        symbol('down'),
      );
    }
    const wanted = levels(text);
    LEVELS.forEach((level, index) => {
      this.boxes[index].checked = wanted?.has(level) ?? false;
      this.boxes[index].indeterminate = wanted === null;
    });
    if (document.activeElement !== this.words) this.words.value = words(text);
    const clause = time(text);
    const known = RANGES.find(([value]) => value === clause);
    replace(this.range, symbol('clock'), h('span', { class: 'chosen' }, known ? known[1] : clause), symbol('down'));
  }

  #picker(name) {
    const button = h('button', {
      type: 'button',
      class: 'picker',
      'aria-haspopup': 'dialog',
      'aria-expanded': 'false',
      data: { field: name },
      onclick: () => this.#choose(name, button),
    });
    return button;
  }

  async #choose(name, button) {
    const chosen = new Set(values(this.query(), name) ?? []);
    const list = h('div', { class: 'choices', tabindex: '-1' }, h('p', { class: 'head' }, 'Loading…'));
    const search = h('input', { type: 'search', placeholder: `Find a ${name}`, 'aria-label': `Find a ${name}` });
    let offered = [];
    const draw = () => {
      const needle = search.value.toLowerCase();
      const shown = offered.filter(({ value }) => value.toLowerCase().includes(needle)).slice(0, 100);
      replace(
        list,
        shown.map((item) =>
          h(
            'label',
            { class: 'item' },
            h('input', {
              type: 'checkbox',
              checked: chosen.has(item.value),
              onchange: (event) => {
                if (event.target.checked) chosen.add(item.value);
                else chosen.delete(item.value);
                this.onChange(setValues(this.query(), name, [...chosen]));
              },
            }),
            h('span', {}, visible(item.value)),
            h('span', { class: 'count' }, item.count === null ? '' : count(item.count)),
          ),
        ),
        shown.length
          ? null
          : h('p', { class: 'head' }, offered.length ? 'None is called so.' : `No ${name} in this time.`),
      );
    };
    search.addEventListener('input', draw);
    showPopover(
      button,
      [
        h(
          'div',
          { class: 'pick-head' },
          search,
          h(
            'button',
            {
              type: 'button',
              onclick: () => {
                closePopover();
                this.onChange(setValues(this.query(), name, []));
              },
            },
            'All',
          ),
        ),
        list,
      ],
      { label: name },
    );
    const text = setValues(this.query().split('|')[0].trim(), name, []);
    const answer =
      (await get(`/logs/fields/${name}/values`, { ...this.parameters(), query: text, limit: VALUES_MAX }).catch(
        () => null,
      )) ?? (await get(`/logs/fields/${name}/values`, { limit: VALUES_MAX }).catch(() => ({ values: [] })));
    offered = answer.values.map(({ value, count: number }) => ({ value: String(value), count: number }));
    for (const value of chosen)
      if (!offered.some((item) => item.value === value)) offered.unshift({ value, count: null });
    draw();
  }

  #toggle(level, box) {
    const wanted = levels(this.query()) ?? new Set();
    if (box.checked) wanted.add(level);
    else wanted.delete(level);
    this.onChange(setLevels(this.query(), wanted));
  }

  #setWords() {
    if (this.words.value !== words(this.query())) this.onChange(setWords(this.query(), this.words.value));
  }

  async #chooseTime() {
    const { field } = await import('../common/dialog.js');
    const since = h('input', { type: 'datetime-local', step: '1', name: 'since' });
    const until = h('input', { type: 'datetime-local', step: '1', name: 'until' });
    const use = (clause) => {
      closePopover();
      this.onChange(setTime(this.query(), clause));
    };
    const apply = () => {
      const [from, to] = [since.value, until.value].map((text) => (text ? moment(new Date(text).getTime()) : ''));
      if (from || to) use([from && `since:${from}`, to && `until:${to}`].filter(Boolean).join(' '));
    };
    showPopover(
      this.range,
      [
        RANGES.map(([clause, text]) =>
          h('button', { type: 'button', class: 'item', 'aria-pressed': null, onclick: () => use(clause) }, text),
        ),
        h('hr'),
        h(
          'form',
          {
            class: 'form between',
            onsubmit: (event) => {
              event.preventDefault();
              apply();
            },
          },
          field('From', since),
          field('To', until),
          h('button', { class: 'primary', type: 'submit' }, 'Show this time'),
        ),
      ],
      { label: 'Time' },
    );
  }
}
