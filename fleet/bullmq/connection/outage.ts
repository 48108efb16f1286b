/** The codes of Node's network errors that pass by themselves. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** The states of Postgres that pass: no connection, shutting down, starting up, too many connections, a lost race. */
const SQL_STATE = /^(08|57P0|53300|40001|40P01)/;

/** The answers of a Redis that is starting, or changing its role. */
const REDIS_STATE = /^(LOADING|MASTERDOWN|READONLY|TRYAGAIN|CLUSTERDOWN|UNBLOCKED)\b/;

/** The words of the drivers about a connection that is gone. */
const WORDS =
  /connection (is closed|terminated|ended|timeout)|connection terminated|timeout (exceeded|expired)|read timeout|socket (timeout|closed)|client (was closed|has encountered a connection error)|not queryable|timed out|can't be established|stream isn't writeable/i;

/** Returns whether an error says that the engine is away: the same call may succeed later. */
export function isOutage(error: unknown): boolean {
  const { code, message = '' } = Object(error) as { code?: unknown; message?: string };
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  if (typeof code === 'string' && (NETWORK.has(code) || SQL_STATE.test(code))) return true;
  return REDIS_STATE.test(message) || WORDS.test(message);
}

/** BullMQ's codes of a job that is not there, not locked, in another state, or locked by another token. */
const REFUSALS: readonly unknown[] = [-1, -2, -3, -6];

/** Returns whether an error says that a job is not the caller's: both engines word this differently. */
export function isRefusal(error: unknown): boolean {
  const { code, message = '' } = Object(error) as { code?: unknown; message?: string };
  return (
    REFUSALS.includes(code) || /^(Missing (lock|key) for job|Lock mismatch for job|Job .* is not in the)/.test(message)
  );
}
