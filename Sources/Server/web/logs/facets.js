// The values that fields have in what is found, with their counts: a click asks for one, another leaves it out.

import { get, isAbort } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { count } from '../common/format.js';
import { showPopover } from '../common/popover.js';
import { remember, remembered } from '../common/storage.js';
import { visible } from './row.js';

const STANDARD = ['level', 'module', 'device', 'session'];
const VALUES = 6;
const VALUES_MORE = 60;
const NOT_OFFERED = new Set(['time', 'received', 'message', 'id']);

export class Facets {
  /** `onChoose(field, value, isExcluded)`. */
  constructor({ onChoose }) {
    this.onChoose = onChoose;
    this.fields = remembered('facets', STANDARD);
    this.list = h('div', { class: 'facet-list' });
    this.element = h(
      'aside',
      { class: 'facets', 'aria-label': 'Fields and their values', tabindex: '0' },
      this.list,
      h(
        'button',
        {
          type: 'button',
          class: 'plain add',
          'aria-haspopup': 'dialog',
          'aria-expanded': 'false',
          onclick: (event) => this.#choose(event.currentTarget),
        },
        symbol('plus'),
        'Field',
      ),
    );
  }

  /** Fills the facets one after the other, so that they do not hold up the rows. */
  async load(parameters, signal) {
    this.parameters = parameters;
    this.signal = signal;
    const sections = this.fields.map((field) => this.#section(field));
    const old = new Map([...this.list.children].map((node) => [node.dataset.field, node.querySelector('.values')]));
    // What was there stays until what comes is there: nothing jumps.
    for (const section of sections) section.values.replaceChildren(...(old.get(section.field)?.childNodes ?? []));
    replace(
      this.list,
      sections.map((section) => section.node),
    );
    for (const section of sections) await this.#fill(section, VALUES);
  }

  #section(field) {
    const values = h('div', { class: 'values' });
    const node = h(
      'section',
      { class: 'facet', data: { field } },
      h(
        'header',
        {},
        h('h2', {}, visible(field)),
        h(
          'button',
          {
            type: 'button',
            class: 'icon plain',
            'aria-label': `Remove the field ${field}`,
            title: 'Remove',
            onclick: () => this.#setFields(this.fields.filter((name) => name !== field)),
          },
          symbol('close'),
        ),
      ),
      values,
    );
    return { field, node, values };
  }

  async #fill(section, limit) {
    try {
      const answer = await get(
        `/logs/fields/${encodeURIComponent(section.field)}/values`,
        { ...this.parameters, limit: limit + 1 },
        this.signal,
      );
      const items = answer.values.slice(0, limit);
      const most = Math.max(1, ...items.map((item) => item.count));
      replace(
        section.values,
        items.map((item) => this.#value(section.field, item, most)),
        items.length === 0 ? h('p', { class: 'hush' }, 'no values') : null,
        answer.values.length > limit && limit < VALUES_MORE
          ? h(
              'button',
              { type: 'button', class: 'plain more', onclick: () => this.#fill(section, VALUES_MORE) },
              'More',
            )
          : null,
      );
    } catch (error) {
      if (!isAbort(error)) replace(section.values, h('p', { class: 'hush' }, error.message));
    }
  }

  #value(field, item, most) {
    const text = visible(String(item.value));
    const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.width = `${(item.count / most) * 100}%`;
    return h(
      'div',
      { class: 'value' },
      bar,
      h(
        'button',
        {
          type: 'button',
          class: 'plain include',
          title: `Only ${field} ${text} (with Alt, Ctrl or Shift: without)`,
          onclick: (event) =>
            this.onChoose(field, String(item.value), event.altKey || event.ctrlKey || event.shiftKey || event.metaKey),
        },
        h('span', { class: 'name' }, text || '(empty)'),
        h('span', { class: 'count' }, count(item.count)),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'icon plain exclude',
          'aria-label': `Without ${field} ${text}`,
          title: 'Without',
          onclick: () => this.onChoose(field, String(item.value), true),
        },
        symbol('minus'),
      ),
    );
  }

  async #choose(button) {
    const answer = await get('/logs/fields', this.parameters).catch(() => ({ values: [] }));
    const names = answer.values.filter(({ value }) => !NOT_OFFERED.has(value) && !this.fields.includes(value));
    const close = showPopover(
      button,
      names.length
        ? names.map(({ value, count: number }) =>
            h(
              'button',
              {
                type: 'button',
                class: 'item',
                onclick: () => {
                  close();
                  this.#setFields([...this.fields, value]);
                },
              },
              visible(value),
              h('span', { class: 'count' }, count(number)),
            ),
          )
        : h('p', { class: 'head' }, 'There are no other fields here.'),
      { label: 'Fields' },
    );
  }

  #setFields(fields) {
    this.fields = fields;
    remember('facets', fields);
    this.load(this.parameters, this.signal);
  }
}
