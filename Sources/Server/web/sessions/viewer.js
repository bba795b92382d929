// Shows a file in the page. Whatever it holds stays data: pictures are drawn by the browser from memory, everything else is
// text.

import { ensureFresh } from '../common/session.js';
import { h, replace, symbol } from '../common/dom.js';
import { failure } from '../common/empty.js';
import { bytes } from '../common/format.js';
import { visible } from '../logs/row.js';
import { readCSV, viewerOf } from './tree.js';

/** More than a page can lay out quickly; the rest is in the download. */
const TEXT_BYTES_MAX = 1 << 20;
const IMAGE_BYTES_MAX = 64 << 20;
const TABLE_ROWS_MAX = 2_000;

let shown = null;

export async function viewFile(view, file, address) {
  view.hidden = false;
  const attributes = { class: 'body', tabindex: '0', role: 'region', 'aria-label': 'What is in the file' };
  const body = h('div', attributes, h('p', { class: 'muted' }, 'Loading…'));
  replace(
    view,
    h(
      'header',
      {},
      h('h2', { class: 'mono' }, visible(file.path)),
      h(
        'button',
        {
          type: 'button',
          class: 'icon plain',
          'aria-label': 'Close',
          onclick: () => {
            view.hidden = true;
          },
        },
        symbol('close'),
      ),
    ),
    body,
  );
  view.scrollIntoView({ block: 'nearest' });
  view.focus({ preventScroll: true });
  try {
    replace(body, await content(file, address));
  } catch (error) {
    replace(body, failure(error));
  }
}

async function content(file, address) {
  await ensureFresh();
  const kind = viewerOf(file);
  if (kind === 'image') {
    if (file.size > IMAGE_BYTES_MAX)
      throw new Error(`This picture has ${bytes(file.size)}; download it to look at it.`);
    const blob = await (await request(address)).blob();
    if (shown) URL.revokeObjectURL(shown);
    shown = URL.createObjectURL(blob);
    return h('img', { src: shown, alt: `The picture ${visible(file.path)}` });
  }
  const { text, isCut } = await start(address);
  const note = isCut
    ? h('p', { class: 'hush' }, `The first ${bytes(TEXT_BYTES_MAX)}; the download has all of it.`)
    : null;
  if (kind === 'table') return [note, tableOf(text)];
  if (kind === 'json' && !isCut) {
    try {
      return h('pre', { class: 'code' }, lines(JSON.stringify(JSON.parse(text), null, 2)));
    } catch {
      return [
        h('p', { class: 'hush' }, 'This is no JSON, whatever its name says.'),
        h('pre', { class: 'code' }, lines(text)),
      ];
    }
  }
  return [note, h('pre', { class: 'code' }, lines(text))];
}

async function request(address) {
  const answer = await fetch(address);
  if (!answer.ok)
    throw new Error((await answer.json().catch(() => ({}))).detail ?? `The server answered ${answer.status}.`);
  return answer;
}

/** The first part of a text, however long it is. */
async function start(address) {
  const reader = (await request(address)).body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let read = 0;
  while (read < TEXT_BYTES_MAX) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isCut: false };
    read += value.length;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return { text: text.slice(0, TEXT_BYTES_MAX), isCut: true };
}

const lines = (text) => text.split('\n').map(visible).join('\n');

function tableOf(text) {
  const [head, ...rows] = readCSV(text, TABLE_ROWS_MAX + 1);
  if (!head) return h('p', { class: 'muted' }, 'It is empty.');
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Values' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          head.map((cell) => h('th', { scope: 'col' }, visible(cell))),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) =>
          h(
            'tr',
            {},
            row.map((cell) => h('td', { class: /^-?[\d.]+$/.test(cell) ? 'num' : '' }, visible(cell))),
          ),
        ),
      ),
    ),
    rows.length === TABLE_ROWS_MAX
      ? h('p', { class: 'hush' }, `The first ${TABLE_ROWS_MAX} rows; the download has all of them.`)
      : null,
  );
}
