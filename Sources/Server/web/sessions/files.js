// The files of a session: its logs, and what its device uploaded.

import { address, get, isAbort } from '../common/api.js';
import { h, replace, symbol } from '../common/dom.js';
import { empty, failure } from '../common/empty.js';
import { bytes, plural } from '../common/format.js';
import { start } from '../common/start.js';
import { statusMark } from '../common/status.js';
import { relative, stamp } from '../common/time.js';
import { visible } from '../logs/row.js';
import { fileList, viewerOf } from './tree.js';
import { viewFile } from './viewer.js';

async function show(root, id) {
  document.title = 'Files · LogDB';
  let session = null;
  try {
    session = await get(`/sessions/${encodeURIComponent(id)}`);
    const { files } = await get(`/sessions/${session.id}/files`);
    document.title = `Files of ${session.name} · LogDB`;
    draw(root, session, files);
  } catch (error) {
    if (isAbort(error)) return;
    if (session && error.status === 404) return draw(root, session, []);
    replace(root, h('h1', { class: 'sr-only' }, 'Files'), failure(error));
  }
}

function draw(root, session, files) {
  const all = fileList(files);
  const known = all.reduce((sum, file) => sum + (file.size ?? 0), 0);
  const view = h('section', { class: 'card viewer', hidden: true, 'aria-label': 'File', tabindex: '-1' });
  replace(
    root,
    h(
      'div',
      { class: 'page' },
      h(
        'div',
        {},
        h(
          'nav',
          { class: 'crumbs', 'aria-label': 'Path' },
          h('a', { href: '/sessions' }, 'Sessions'),
          '›',
          h('a', { href: `/sessions/${session.id}` }, visible(session.name)),
          '›',
          h('span', {}, 'Files'),
        ),
        h(
          'div',
          { class: 'page-head' },
          h('h1', {}, 'Files'),
          statusMark(session.status),
          h(
            'span',
            { class: 'muted' },
            'Device: ',
            h('a', { href: `/fleet/${session.device_id}` }, visible(session.device)),
          ),
          h('span', { class: 'muted', title: stamp(session.started_at) }, `Started ${relative(session.started_at)}`),
          all.length
            ? h(
                'a',
                { class: 'button primary', href: address(`/sessions/${session.id}/archive`), download: '' },
                symbol('download'),
                'Download all',
              )
            : null,
        ),
      ),
      h(
        'section',
        { class: 'card' },
        h(
          'header',
          {},
          h('h2', {}, plural(all.length, 'file')),
          known ? h('span', { class: 'muted' }, bytes(known)) : null,
        ),
        all.length
          ? h(
              'ul',
              { class: 'tree' },
              files.map((entry) => node(session, entry, view)),
            )
          : empty(
              'There are no files yet',
              'The logs of a session are files here once it has entries; pictures, recordings and tables are when its device uploads them.',
              h(
                'pre',
                {},
                `curl '${location.origin}/api/v1/sessions/${session.id}/artifacts?path=maps/map.png' \\\n  -H 'Content-Type: image/png' --data-binary @map.png`,
              ),
            ),
      ),
      view,
    ),
  );
}

function node(session, entry, view) {
  if (entry.type === 'directory') {
    return h(
      'li',
      {},
      h(
        'details',
        { open: true },
        h(
          'summary',
          {},
          symbol('folder'),
          h('span', { class: 'grow' }, visible(entry.name) + '/'),
          h('span', { class: 'muted num' }, plural(fileList(entry.children).length, 'file')),
        ),
        h(
          'ul',
          {},
          entry.children.map((child) => node(session, child, view)),
        ),
      ),
    );
  }
  const to = address(`/sessions/${session.id}/files/download`, { path: entry.path });
  return h(
    'li',
    { class: 'leaf' },
    symbol('file'),
    h('span', { class: 'grow' }, visible(entry.name)),
    entry.uploaded_at
      ? h('span', { class: 'muted nowrap', title: stamp(entry.uploaded_at) }, relative(entry.uploaded_at))
      : h('span', {}),
    h(
      'span',
      { class: 'muted num size' },
      entry.size === null || entry.size === undefined ? plural(entry.entries, 'entry', 'entries') : bytes(entry.size),
    ),
    viewerOf(entry)
      ? h(
          'button',
          { type: 'button', onclick: () => viewFile(view, entry, to), 'aria-label': `View ${visible(entry.name)}` },
          'View',
        )
      : h('span', {}),
    h(
      'a',
      { class: 'button', href: to, download: '', 'aria-label': `Download ${visible(entry.name)}` },
      symbol('download'),
      'Download',
    ),
  );
}

start(show);
