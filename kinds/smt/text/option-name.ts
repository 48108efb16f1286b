/**
 * Returns the name of an option as Z3 compares it: without the colon, in lower case, with `_` for `-`. Z3 reads
 * `:auto-config` and `:AUTO_CONFIG` as `auto_config`.
 */
export function plainOptionName(name: string): string {
  return name.replace(/^:/, '').toLowerCase().replaceAll('-', '_');
}
