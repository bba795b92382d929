// The tree of a session's files as the API gives it.

/** Every file, with its folder's depth. */
export function fileList(entries, depth = 0) {
  return entries.flatMap((entry) =>
    entry.type === 'directory' ? fileList(entry.children, depth + 1) : [{ ...entry, depth }],
  );
}

/** How a file is shown: `image`, `table`, `json`, `text`, or null for one that can only be downloaded. */
export function viewerOf(file) {
  const type = (file.content_type ?? '').split(';')[0].trim().toLowerCase();
  const end = /\.([a-z0-9]+)$/i.exec(file.path)?.[1].toLowerCase() ?? '';
  if (
    ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'].includes(type) ||
    ((type === '' || type === 'application/octet-stream') &&
      ['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'bmp'].includes(end))
  )
    return 'image';
  if (type === 'text/csv' || end === 'csv') return 'table';
  if (type === 'application/json' || end === 'json') return 'json';
  if (
    type.startsWith('text/') ||
    ['txt', 'log', 'md', 'yaml', 'yml', 'xml', 'ndjson', 'ini', 'toml', 'conf', 'sh', 'py'].includes(end)
  )
    return 'text';
  return null;
}

/** The rows of comma-separated values (RFC 4180), at most `rowsMax` of them. */
export function readCSV(text, rowsMax) {
  const rows = [];
  let row = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length && rows.length < rowsMax; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (character === '"') isQuoted = false;
      else cell += character;
    } else if (character === '"') isQuoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += character;
  }
  if (rows.length < rowsMax && (cell || row.length)) rows.push([...row, cell]);
  return rows;
}
