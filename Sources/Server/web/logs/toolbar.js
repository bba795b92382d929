// How the rows are shown, and where they can go.

import { h, replace, symbol } from '../common/dom.js';
import { menuButton, showPopover } from '../common/popover.js';
import { TIME_MODES } from '../common/time.js';
import { splitPipes } from './querytext.js';
import { COLUMNS } from './state.js';

const TIME_NAMES = { local: 'Local', utc: 'UTC', relative: 'Ago' };

export class Toolbar {
  constructor(view) {
    this.view = view;
    const button = (attributes, ...content) => h('button', { type: 'button', ...attributes }, content);
    this.follow = button(
      { 'aria-pressed': 'true', title: 'Scroll along with new entries (f)', onclick: () => this.toggleFollow() },
      'Auto-scroll',
    );
    this.live = button(
      { 'aria-pressed': 'true', title: 'Show entries as they arrive', onclick: () => view.setLive(!view.state.live) },
      'Live',
    );
    this.patterns = button(
      { 'aria-pressed': 'false', title: 'What kinds of messages there are (p)', onclick: () => this.togglePatterns() },
      'Patterns',
    );
    this.wrap = button(
      {
        class: 'icon',
        'aria-pressed': 'false',
        'aria-label': 'Wrap long lines',
        title: 'Wrap long lines (w)',
        onclick: () => this.toggleWrap(),
      },
      symbol('wrap'),
    );
    this.times = h(
      'span',
      { class: 'group', role: 'group', 'aria-label': 'Times' },
      TIME_MODES.map((mode) =>
        button(
          {
            data: { mode },
            'aria-pressed': 'false',
            onclick: () => {
              view.state.time = mode;
              view.didChangeLook();
            },
          },
          TIME_NAMES[mode],
        ),
      ),
    );
    this.columns = button(
      {
        'aria-haspopup': 'dialog',
        'aria-expanded': 'false',
        class: 'icon',
        'aria-label': 'Columns',
        title: 'Columns',
        onclick: () => this.#chooseColumns(),
      },
      symbol('columns'),
    );
    const fields = button(
      {
        class: 'fields-toggle',
        'aria-pressed': 'false',
        onclick: () => {
          const isShown = view.facets.element.classList.toggle('shown');
          fields.setAttribute('aria-pressed', String(isShown));
        },
      },
      'Fields',
    );
    this.element = h(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': 'View' },
      fields,
      this.live,
      this.follow,
      this.patterns,
      this.times,
      this.wrap,
      this.columns,
      menuButton({ 'aria-label': 'Export' }, [symbol('download'), 'Export'], () =>
        ['csv', 'json', 'ndjson'].map((format) => [`Export ${format.toUpperCase()}`, () => this.#download(format)]),
      ),
    );
  }

  read() {
    const { state } = this.view;
    this.live.setAttribute('aria-pressed', String(state.live));
    this.wrap.setAttribute('aria-pressed', String(state.wrap));
    this.patterns.setAttribute('aria-pressed', String(/^\|\s*patterns/.test(splitPipes(state.query).pipes)));
    for (const button of this.times.children)
      button.setAttribute('aria-pressed', String(button.dataset.mode === state.time));
  }

  showFollow(isOn) {
    this.follow.setAttribute('aria-pressed', String(isOn));
    replace(this.follow, `Auto-scroll: ${isOn ? 'on' : 'off'}`);
  }

  toggleFollow() {
    const { list } = this.view.stream;
    list.autoScroll = !list.autoScroll;
    if (list.autoScroll) {
      this.view.stream.newCount = 0;
      list.toBottom();
    }
    list.options.onMove();
  }

  togglePatterns() {
    const { filter, pipes } = splitPipes(this.view.bar.text);
    this.view.search(/^\|\s*patterns/.test(pipes) ? filter.trim() : `${filter.trim()} | patterns`.trim());
  }

  toggleWrap() {
    this.view.state.wrap = !this.view.state.wrap;
    this.view.didChangeLook();
  }

  #chooseColumns() {
    const { state } = this.view;
    const names = [...COLUMNS, ...state.columns.filter((column) => !COLUMNS.includes(column))];
    showPopover(
      this.columns,
      names.map((name) =>
        h(
          'label',
          { class: 'item' },
          h('input', {
            type: 'checkbox',
            checked: state.columns.includes(name),
            onchange: (event) => {
              const chosen = new Set(state.columns);
              if (event.target.checked) chosen.add(name);
              else chosen.delete(name);
              // The message takes the room that is left, at the end.
              const columns = names
                .filter((column) => column !== 'message' && chosen.has(column))
                .concat(chosen.has('message') ? ['message'] : []);
              this.view.setColumns(columns.length ? columns : ['message']);
            },
          }),
          name,
        ),
      ),
      { label: 'Columns' },
    );
  }

  #download(format) {
    const link = h('a', { href: this.view.exportAddress(format), download: '' });
    document.body.append(link);
    link.click();
    link.remove();
  }
}
