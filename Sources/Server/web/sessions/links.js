import { quoted } from '../logs/clauses.js';

/** What finds a session's entries: the device's name for it is its own. */
export const sessionQuery = (session) => `device:${quoted(session.device)} session:${quoted(session.session_id)}`;

export const logsOfSession = (session) =>
  '/logs?query=' + encodeURIComponent(`${sessionQuery(session)} since:1970-01-01`);
