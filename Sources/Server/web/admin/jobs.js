import { get } from '../common/api.js';
import { h, replace } from '../common/dom.js';
import { bytes, plural } from '../common/format.js';
import { poll } from '../common/poll.js';
import { statusMark } from '../common/status.js';
import { table } from '../common/table.js';
import { duration, stamp } from '../common/time.js';
import { card, share } from './parts.js';

const REFRESH_MS = 2_000;

/** The server's work of its own, while it goes on. */
export async function showJobs(root) {
  let signature = '';
  const load = async () => {
    const { jobs } = await get('/admin/jobs');
    const text = JSON.stringify(jobs);
    if (text === signature) return;
    signature = text;
    replace(
      root,
      card(
        'Jobs',
        jobs.length
          ? table(
              [
                { name: 'Job', cell: (job) => h('code', {}, job.job_id) },
                { name: 'Kind', cell: (job) => job.kind },
                { name: 'State', cell: (job) => statusMark(job.state) },
                {
                  name: 'Progress',
                  cell: (job) => [share(job.progress ?? 0), ` ${Math.round((job.progress ?? 0) * 100)}%`],
                },
                { name: 'Detail', cell: (job) => outcome(job) ?? job.detail },
                { name: 'Started', className: 'nowrap', cell: (job) => stamp(job.started, 'local', 0) },
                {
                  name: 'Took',
                  className: 'num',
                  cell: (job) =>
                    job.finished ? duration((Date.parse(job.finished) - Date.parse(job.started)) / 1000) : '–',
                },
              ],
              jobs,
              { label: 'Jobs' },
            )
          : h(
              'p',
              { class: 'body muted' },
              'None since the server started. Compaction, moving to the cold tier, deletions, backups and verifying are jobs.',
            ),
      ),
    );
  };
  await load();
  return poll(REFRESH_MS, load).stop;
}

/** What a job that is done found or made; null where its detail says all. */
function outcome({ kind, result }) {
  if ((kind === 'verify' || kind === 'repair') && result) {
    return result.sound
      ? `Sound: ${plural(result.entries, 'entry', 'entries')} in ${plural(result.blocks, 'block')} read`
      : `Damaged in ${plural(result.damage_count, 'place')}: ${result.damages.map((damage) => `${damage.location}: ${damage.message}`).join('; ')}`;
  }
  if (kind === 'backup' && result) {
    const lost = result.lost_artifacts
      ? `; ${plural(result.lost_artifacts, 'artifact')} lost or damaged, and not in it`
      : '';
    return `${plural(result.entries, 'entry', 'entries')}, ${plural(result.artifacts, 'artifact')}, ${bytes(result.bytes)}, of which ${bytes(result.copied_bytes)} new${lost}`;
  }
  return null;
}
