import { get, post } from '../common/api.js';
import { ask } from '../common/dialog.js';
import { h, replace } from '../common/dom.js';
import { may } from '../common/session.js';
import { statusMark } from '../common/status.js';
import { relative, stamp } from '../common/time.js';
import { toast } from '../common/toast.js';

/** One that ends sooner than this wants to be renewed. */
const ENDING_MS = 14 * 86_400_000;

const stateOf = (certificate) => {
  const left = Date.parse(certificate.expires_at) - Date.now();
  return certificate.revoked_at ? 'revoked' : left <= 0 ? 'expired' : left < ENDING_MS ? 'ending' : 'valid';
};

/** A device's certificates and how they stand. */
export function certificates(path) {
  const element = h('div', { class: 'body' });
  const load = async () => {
    const { certificates: all } = await get(path + '/certificate').catch(() => ({ certificates: [] }));
    replace(
      element,
      all.length === 0
        ? h('p', { class: 'muted' }, 'None: this device has not registered. It may log with an API key all the same.')
        : h(
            'table',
            {},
            h(
              'thead',
              {},
              h(
                'tr',
                {},
                ['State', 'Ends', 'Serial'].map((text) => h('th', { scope: 'col' }, text)),
                h('th', {}, h('span', { class: 'sr-only' }, 'Actions')),
              ),
            ),
            h(
              'tbody',
              {},
              all
                .toReversed()
                .map((certificate) =>
                  h(
                    'tr',
                    {},
                    h('td', {}, statusMark(stateOf(certificate))),
                    h(
                      'td',
                      { class: 'nowrap', title: relative(certificate.expires_at) },
                      stamp(certificate.expires_at, 'local', 0).slice(0, 10),
                    ),
                    h('td', { class: 'mono' }, String(certificate.serial).slice(0, 16)),
                    h(
                      'td',
                      {},
                      may('operate') && stateOf(certificate) !== 'revoked' && stateOf(certificate) !== 'expired'
                        ? h('button', { type: 'button', onclick: () => revoke(certificate) }, 'Revoke')
                        : null,
                    ),
                  ),
                ),
            ),
          ),
    );
  };
  async function revoke(certificate) {
    const done = await ask({
      title: 'Revoke this certificate?',
      action: 'Revoke',
      danger: true,
      body: h(
        'p',
        {},
        'The device is refused from its next request on, and its open connections are closed. It comes back by registering anew with a new capsule.',
      ),
      run: () => post(path + '/certificate/revoke', { serial: certificate.serial }),
    });
    if (done) toast('The certificate was revoked');
    load();
  }
  load();
  return element;
}
