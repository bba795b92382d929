import { h } from '../common/dom.js';
import { empty } from '../common/empty.js';
import { setTime, time } from './clauses.js';

const ALL_TIME = 'since:1970-01-01';

/** What stands where no entry was found: why that may be, and what to try. */
export function emptyAnswer(query, view) {
  const all = query === '' || view.isAllTime || time(query) === ALL_TIME;
  if (query === '' && view.isAllTime) {
    return empty(
      'There are no entries yet',
      'Send some: with the agent, with the command line, or over HTTP. They appear here as they come.',
      h(
        'pre',
        {},
        `curl ${location.origin}/api/v1/logs/ingest \\\n  -H 'Content-Type: application/x-ndjson' \\\n  --data-binary '{"device":"Robot-1","level":"INFO","message":"hello"}'`,
      ),
      h('pre', {}, `logdb ingest app.ndjson --server ${location.origin}`),
    );
  }
  return empty(
    'Nothing was found',
    all
      ? 'No entry of any time matches. Take a clause away, or look at how the language reads it: press ? for examples.'
      : 'No entry of this time matches.',
    h(
      'div',
      { class: 'row' },
      all
        ? null
        : h(
            'button',
            { type: 'button', class: 'primary', onclick: () => view.search(setTime(query, ALL_TIME)) },
            'Search all time',
          ),
      h('button', { type: 'button', onclick: () => view.search('') }, 'Clear the query'),
    ),
  );
}
