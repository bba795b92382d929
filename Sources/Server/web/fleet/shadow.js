import { get, put } from '../common/api.js';
import { ask, field } from '../common/dialog.js';
import { h, replace, symbol } from '../common/dom.js';
import { readJSON } from '../common/json.js';
import { may } from '../common/session.js';
import { relative } from '../common/time.js';
import { toast } from '../common/toast.js';
import { visible } from '../logs/row.js';

const pretty = (document) => visible(JSON.stringify(document, null, 2)).replaceAll('\\u{a}', '\n');

/** What a device is to be like, what it says it is like, and what is between the two. */
export function shadow(path) {
  const element = h('div', { class: 'body form' });
  const load = async () => {
    const { desired, reported, difference } = await get(path + '/shadow');
    const isSame = Object.keys(difference ?? {}).length === 0;
    replace(
      element,
      part(
        'Difference',
        isSame
          ? h(
              'p',
              { class: 'muted' },
              desired.version ? 'None: the device is as it should be.' : 'Nothing was asked for yet.',
            )
          : h('pre', { class: 'code diff-del' }, pretty(difference)),
      ),
      part(
        `Desired${about(desired)}`,
        h('pre', { class: 'code' }, pretty(desired.document)),
        may('operate') ? h('button', { type: 'button', onclick: () => edit(desired) }, symbol('edit'), 'Edit') : null,
      ),
      part(`Reported${about(reported)}`, h('pre', { class: 'code' }, pretty(reported.document))),
    );
  };
  async function edit(desired) {
    const done = await ask({
      title: 'What the device is to be like',
      action: 'Save',
      body: field(
        'Desired',
        h('textarea', {
          name: 'document',
          rows: 12,
          spellcheck: 'false',
          value: JSON.stringify(desired.document, null, 2),
        }),
        'A JSON object. The device gets it when it next asks.',
      ),
      run: async ({ document: text }) => {
        return put(path + '/shadow', { desired: readJSON(text, 'This is'), version: desired.version });
      },
    });
    if (done) toast('The desired state was saved');
    load();
  }
  load().catch((error) => replace(element, h('p', { class: 'muted' }, error.message)));
  return element;
}

const about = (side) => (side.version ? ` · version ${side.version}, ${relative(side.updated_at)}` : '');
const part = (title, content, tool) =>
  h('div', { class: 'form' }, h('div', { class: 'row' }, h('h3', { class: 'grow' }, title), tool), content);
