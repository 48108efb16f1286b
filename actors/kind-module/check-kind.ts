import { URL } from 'node:url';
import { types } from 'node:util';
import type { Kind } from '../../kinds/kind.ts';
import { isOf, wordsOf } from '../errors/error-codec.ts';
import { KindError, UsageError } from '../errors/errors.ts';
import { didYouMean, isMisspelling } from '../errors/legal-names.ts';
import { quoted } from '../errors/quoted.ts';

/** A kind of any types: the pool does not read its tasks, requests and responses. */
// biome-ignore lint/suspicious/noExplicitAny: the pool passes tasks, requests and responses on without reading them.
export type AnyKind = Kind<any>;

/** The functions of a kind that the master calls. Each returns its value at once. */
export const mastersHooks = [
  'extraEnv',
  'requestOfTask',
  'taskMatch',
  'prefers',
  'affinity',
  'affinityOfCompetence',
  'useResponse',
  'onPerformError',
  'onMarshalError',
  'onTaskCancellationOrExpirationOrWorkerDeath',
  'forwardFeedback',
  'viewOfCompetence',
  'nameOfTask',
  'nameOfRequest',
] as const;

/** The functions that run in the worker. */
const WORKERS_HOOKS = ['perform', 'receiveFeedback', 'end'] as const;

/** The functions of a kind. */
export const HOOKS: readonly string[] = [...mastersHooks, ...WORKERS_HOOKS];

const NUMBERS = ['window', 'concurrency'] as const;

const MEMBERS: readonly string[] = ['name', 'url', ...NUMBERS, 'idempotent', 'affinityMode', 'examples', ...HOOKS];

/** Checks that a value is a kind. @throws {UsageError} with the member that is missing, misspelt or of a wrong type */
export function checkKind(value: unknown, from: string): asserts value is AnyKind {
  try {
    checkMembers(value, from);
  } catch (error) {
    if (isOf(error, UsageError)) throw error;
    const problem = `${from} is not a kind: reading its members threw ${wordsOf(error)}`;
    throw Object.assign(new UsageError(problem), { cause: error });
  }
}

/** Refuses a promise as the value of a hook that must return at once. @throws {KindError} */
export function refusePromise(kind: AnyKind, hook: string, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || typeof (answer as { then?: unknown }).then !== 'function')
    return;
  (answer as PromiseLike<unknown>).then(undefined, () => {});
  throw new KindError(
    hook,
    `${kind.name}.${hook} returned a promise: it must return a value at once, without async or await`,
  );
}

function checkMembers(value: unknown, from: string): void {
  if (typeof value !== 'object' || value === null) {
    throw new UsageError(
      `${from} is not a kind: expected an object with name, url, requestOfTask and perform, got ${value === null ? 'null' : typeof value}`,
    );
  }
  const kind = value as Partial<AnyKind>;
  if (typeof kind.name !== 'string' || kind.name === '') {
    throw new UsageError(`${from} is not a kind: its "name" must be a non-empty string`);
  }
  const what = `the kind ${kind.name} (${from})`;
  checkUrl(kind.url, what);
  for (const member of ['perform', 'requestOfTask'] as const) {
    if (typeof kind[member] !== 'function') throw new UsageError(`${what} lacks "${member}": it must be a function`);
  }
  checkHooks(kind as Readonly<Record<string, unknown>>, what);
  checkAffinity(kind, what);
  checkNumbers(kind, what);
}

/** Checks how many requests a worker holds and performs. */
function checkNumbers(kind: Partial<AnyKind>, what: string): void {
  for (const name of NUMBERS) {
    const number = kind[name];
    if (number === undefined || (Number.isInteger(number) && number >= 1 && number <= 1024)) continue;
    throw new UsageError(`${what} has ${name} ${quoted(number)}: it must be a whole number from 1 to 1024`);
  }
  const { window = 1, concurrency = 1 } = kind;
  if (window > 1 && concurrency > 1) {
    throw new UsageError(`${what} has window ${window} and concurrency ${concurrency}: keep one of them`);
  }
}

/** Checks the members that say which worker takes or prefers which task. */
function checkAffinity({ affinity, affinityMode, prefers }: Partial<AnyKind>, what: string): void {
  if (affinityMode === undefined) return;
  if (affinityMode !== 'require' && affinityMode !== 'prefer') {
    throw new UsageError(`${what} has affinityMode ${quoted(affinityMode)}: it must be 'require' or 'prefer'`);
  }
  if (affinity === undefined) throw new UsageError(`${what} has affinityMode, but no affinity: add affinity(task)`);
  if (affinityMode === 'prefer' && prefers !== undefined) {
    throw new UsageError(`${what} has affinityMode 'prefer' and prefers: keep one of them, they may disagree`);
  }
}

/** Checks that the URL is absolute: a worker imports the module from another place than the program. */
function checkUrl(url: unknown, what: string): void {
  if (url === undefined) throw new UsageError(`${what} lacks "url": write url: import.meta.url`);
  const isUrl = typeof url === 'object' && url !== null && typeof (url as { href?: unknown }).href === 'string';
  if (isUrl || (typeof url === 'string' && (URL.canParse(url) || url.startsWith('/')))) return;
  throw new UsageError(`${what} has url ${quoted(url)}: it must be an absolute URL; write url: import.meta.url`);
}

function checkHooks(kind: Readonly<Record<string, unknown>>, what: string): void {
  for (const name of HOOKS) {
    const hook = kind[name];
    if (hook === undefined || typeof hook === 'function') continue;
    throw new UsageError(`${what} has ${name} ${quoted(hook)}: it must be a function`);
  }
  for (const name of mastersHooks) {
    if (!types.isAsyncFunction(kind[name])) continue;
    throw new UsageError(`${what} has an async ${name}: it must return a value at once, without async or await`);
  }
  const own = new Set(Object.keys(kind));
  for (const name of namesOf(kind)) {
    if (MEMBERS.includes(name)) continue;
    // A kind may have data of its own and methods of its class, unless the name is a misspelt member.
    const isHook = own.has(name) && typeof kind[name] === 'function' && !name.startsWith('_');
    if (!isHook && !isMisspelling(name, MEMBERS)) continue;
    throw new UsageError(`${what} has an unknown member ${name}${didYouMean(name, MEMBERS)}`);
  }
}

/** Returns the names of an object's members, including those of its class. */
function namesOf(value: object): Set<string> {
  const names = new Set<string>();
  for (const name of Object.keys(value)) names.add(name);
  // The last prototype is the one of all objects.
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.getPrototypeOf(at) === null) break;
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name);
  }
  return names;
}
