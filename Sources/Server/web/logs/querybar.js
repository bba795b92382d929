// The line in which a query is written: coloured, completed, remembered, and marked where it is wrong.

import { get } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { count } from '../common/format.js';
import { showPopover } from '../common/popover.js';
import { remember, remembered } from '../common/storage.js';
import { highlight } from './querytext.js';
import { marked, toScalars, toUnits } from './marks.js';

const HISTORY_MAX = 50;
const COMPLETION_DELAY_MS = 70;
const COMPLETIONS = 14;

export class QueryBar {
  #errors = [];
  #items = [];
  #chosen = -1;
  #timer = 0;
  #request = null;

  /** `onRun(text)`. */
  constructor({ onRun }) {
    this.onRun = onRun;
    this.paint = h('div', { class: 'paint', 'aria-hidden': 'true' });
    this.input = h('input', {
      id: 'query',
      name: 'query',
      type: 'text',
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: 'false',
      role: 'combobox',
      'aria-label': 'Query',
      'aria-expanded': 'false',
      'aria-controls': 'completions',
      'aria-autocomplete': 'list',
      'aria-describedby': 'query-error',
      placeholder: 'level:>=WARN module:navigation since:1h    (press / to get here, ? for help)',
    });
    this.list = h('div', {
      class: 'completions popover',
      id: 'completions',
      role: 'listbox',
      'aria-label': 'Completions',
      hidden: true,
    });
    this.error = h('div', { class: 'query-error', id: 'query-error', role: 'alert' });
    this.element = h(
      'form',
      { class: 'querybar', role: 'search' },
      h(
        'div',
        { class: 'query-line' },
        h('div', { class: 'query-field' }, this.paint, this.input, this.list),
        h(
          'button',
          {
            type: 'button',
            class: 'icon',
            'aria-label': 'Saved and recent queries',
            title: 'Saved and recent queries',
            'aria-haspopup': 'dialog',
            'aria-expanded': 'false',
            onclick: (event) => this.#showHistory(event.currentTarget),
          },
          symbol('clock'),
        ),
        h(
          'button',
          {
            type: 'button',
            class: 'icon',
            'aria-label': 'Save this query',
            title: 'Save this query',
            onclick: () => this.#save(),
          },
          symbol('star'),
        ),
        h('button', { type: 'submit', class: 'primary' }, symbol('search'), 'Search'),
      ),
      this.error,
    );
    this.#listen();
  }

  get text() {
    return this.input.value;
  }

  set text(text) {
    this.input.value = text;
    this.showErrors([]);
  }

  /** Marks what the API says is wrong. */
  showErrors(errors) {
    this.#errors = errors.filter((error) => Number.isInteger(error.offset));
    this.input.setAttribute('aria-invalid', errors.length ? 'true' : 'false');
    replace(
      this.error,
      errors.map((error) =>
        h(
          'p',
          {},
          error.message,
          error.suggestion
            ? [
                ' ',
                h('button', { type: 'button', onclick: () => this.#useSuggestion(error) }, `Use ${error.suggestion}`),
              ]
            : error.expected?.length
              ? h('span', { class: 'muted' }, ` Expected: ${error.expected.slice(0, 8).join(', ')}`)
              : null,
        ),
      ),
    );
    this.#draw();
  }

  run() {
    this.#close();
    const text = this.text.trim();
    if (text)
      remember('history', [text, ...remembered('history', []).filter((other) => other !== text)].slice(0, HISTORY_MAX));
    this.onRun(text);
  }

  #useSuggestion(error) {
    const from = toUnits(this.text, error.offset);
    const to = toUnits(this.text, error.offset + error.length);
    this.text = this.text.slice(0, from) + error.suggestion + this.text.slice(to);
    this.run();
  }

  #draw() {
    const pieces = marked(
      highlight(this.text),
      this.#errors.map((error) => [
        toUnits(this.text, error.offset),
        toUnits(this.text, error.offset + Math.max(1, error.length)),
      ]),
      this.text.length,
    );
    replace(
      this.paint,
      pieces.map(({ text, kind, isWrong }) =>
        h('span', { class: `${kind ? `q-${kind}` : ''}${isWrong ? ' q-wrong' : ''}` }, text),
      ),
    );
    // With the frame: asked for now, the whole page would be laid out for it.
    requestAnimationFrame(() => this.#follow());
  }

  #follow() {
    this.paint.scrollLeft = this.input.scrollLeft;
  }

  #listen() {
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.run();
    });
    this.input.addEventListener('input', () => {
      this.#errors = [];
      this.#draw();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#complete(), COMPLETION_DELAY_MS);
    });
    this.input.addEventListener('scroll', () => this.#follow());
    this.input.addEventListener('blur', () => setTimeout(() => this.#close(), 120));
    this.input.addEventListener('keydown', (event) => this.#didPress(event));
  }

  #didPress(event) {
    const isOpen = !this.list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) return event.key === 'ArrowDown' ? this.#complete() : this.#showHistory(this.input);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.#choose(
        (this.#chosen + step + this.#items.length + (this.#chosen < 0 && step < 0 ? 1 : 0)) % this.#items.length,
      );
    } else if (isOpen && (event.key === 'Tab' || event.key === 'Enter') && (this.#chosen >= 0 || event.key === 'Tab')) {
      event.preventDefault();
      this.#accept(Math.max(0, this.#chosen));
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (isOpen) this.#close();
      else this.input.blur();
    } else if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      this.#complete();
    }
  }

  async #complete() {
    this.#request?.abort();
    this.#request = new AbortController();
    const text = this.text;
    try {
      const answer = await get(
        '/logs/complete',
        { query: text, at: toScalars(text, this.input.selectionStart), limit: COMPLETIONS },
        this.#request.signal,
      );
      if (text !== this.text || document.activeElement !== this.input) return;
      const from = toUnits(text, answer.offset);
      const to = toUnits(text, answer.offset + answer.length);
      const typed = text.slice(from, to);
      this.#items = answer.items.filter((item) => item.text !== typed).map((item) => ({ ...item, from, to }));
      this.#show();
    } catch {
      this.#close();
    }
  }

  #show() {
    this.#chosen = -1;
    if (this.#items.length === 0) return this.#close();
    replace(
      this.list,
      this.#items.map((item, index) =>
        h(
          'div',
          {
            class: 'item',
            role: 'option',
            id: `completion-${index}`,
            'aria-selected': 'false',
            onpointerdown: (event) => {
              event.preventDefault();
              this.#accept(index);
            },
          },
          h('span', { class: 'mono' }, item.text),
          h('span', { class: 'count' }, item.count === undefined ? item.kind : count(item.count)),
        ),
      ),
    );
    this.list.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
  }

  #choose(index) {
    this.#chosen = index;
    [...this.list.children].forEach((node, at) => node.setAttribute('aria-selected', String(at === index)));
    this.list.children[index]?.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', `completion-${index}`);
  }

  #accept(index) {
    const item = this.#items[index];
    const needsSpace = !/[:(|<>=]$/.test(item.text);
    const inserted = item.text + (needsSpace ? ' ' : '');
    this.input.setRangeText(inserted, item.from, item.to, 'end');
    this.#errors = [];
    this.#draw();
    this.#close();
    this.#complete();
  }

  #close() {
    this.#request?.abort();
    clearTimeout(this.#timer);
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  // What was asked before.

  #showHistory(anchor) {
    const saved = remembered('saved', []);
    const recent = remembered('history', []);
    const use = (text) => () => {
      close();
      this.text = text;
      this.run();
    };
    const close = showPopover(
      anchor,
      [
        h('div', { class: 'head' }, 'Saved'),
        saved.length
          ? saved.map(({ name, query }) =>
              h(
                'div',
                { class: 'saved' },
                h(
                  'button',
                  { type: 'button', class: 'item', onclick: use(query) },
                  h('span', {}, name, h('br'), h('code', { class: 'muted' }, query || '(everything)')),
                ),
                h(
                  'button',
                  {
                    type: 'button',
                    class: 'icon plain',
                    'aria-label': `Forget ${name}`,
                    onclick: () => {
                      remember(
                        'saved',
                        saved.filter((other) => other.name !== name),
                      );
                      close();
                    },
                  },
                  symbol('close'),
                ),
              ),
            )
          : h('p', { class: 'head' }, 'None yet: the star saves the query under a name.'),
        h('hr'),
        h('div', { class: 'head' }, 'Recent'),
        recent.length
          ? recent
              .slice(0, 15)
              .map((query) => h('button', { type: 'button', class: 'item', onclick: use(query) }, h('code', {}, query)))
          : h('p', { class: 'head' }, 'None yet.'),
      ],
      { label: 'Saved and recent queries' },
    );
  }

  async #save() {
    const { ask, field } = await import('../common/dialog.js');
    const query = this.text.trim();
    ask({
      title: 'Save this query',
      action: 'Save',
      body: [
        h('code', { class: 'code' }, query || '(everything)'),
        field('Name', h('input', { name: 'name', required: true, maxlength: 80 }), 'Kept in this browser.'),
      ],
      run: ({ name }) =>
        remember('saved', [...remembered('saved', []).filter((other) => other.name !== name), { name, query }]),
    });
  }
}
