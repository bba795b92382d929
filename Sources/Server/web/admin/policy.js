// A retention policy as people write it, and as the API takes it.

const UNITS = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** The bytes that `500 GB` or `1.5 TiB` says; null where nothing is said. Throws for what is no size. */
export function readSize(text) {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const [, number, unit] = /^([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)$/.exec(trimmed) ?? [];
  const factor = UNITS[unit?.toUpperCase()];
  if (number === undefined || factor === undefined) {
    throw new Error(`“${trimmed}” is no size. Write 500 GB, 1.5 TiB, or a number of bytes.`);
  }
  return Math.round(Number(number) * factor);
}

/** As `readSize` reads it, exactly. */
export function writeSize(bytes) {
  if (bytes === null || bytes === undefined) return '';
  const fitting = ['TiB', 'TB', 'GiB', 'GB', 'MiB', 'MB', 'KiB', 'KB'].find(
    (unit) => bytes > 0 && bytes % UNITS[unit.toUpperCase()] === 0,
  );
  return fitting ? `${bytes / UNITS[fitting.toUpperCase()]} ${fitting}` : String(bytes);
}

/** The policy of what stands in the fields, in which everything is text. */
export function readPolicy(fields) {
  const age = (text) => text.trim() || null;
  return {
    cold_after: age(fields.cold_after),
    delete_after: age(fields.delete_after),
    bytes_max: readSize(fields.bytes_max),
    hot_bytes_max: readSize(fields.hot_bytes_max),
    rules: fields.rules.map((rule) => ({
      environment: rule.environment.trim() || null,
      device: rule.device.trim() || null,
      module: rule.module.trim() || null,
      levels: rule.levels.length ? rule.levels : null,
      delete_after: age(rule.delete_after),
    })),
  };
}

/** What the fields show of a policy. */
export function writePolicy(policy) {
  return {
    cold_after: policy.cold_after ?? '',
    delete_after: policy.delete_after ?? '',
    bytes_max: writeSize(policy.bytes_max),
    hot_bytes_max: writeSize(policy.hot_bytes_max),
    rules: policy.rules.map((rule) => ({
      environment: rule.environment ?? '',
      device: rule.device ?? '',
      module: rule.module ?? '',
      levels: rule.levels ?? [],
      delete_after: rule.delete_after ?? '',
    })),
  };
}
