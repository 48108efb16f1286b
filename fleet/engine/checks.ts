import { quoted } from '../../actors/tooling.ts';
import type { Envelope } from '../broker.ts';
import { FleetError } from '../errors.ts';

/** The longest name of a queue, a topic, a presence or a task. */
const LONGEST = 200;

/** The last rank of a queue. */
const LAST_RANK = 2_097_150;

/** Checks a name. @throws {FleetError} USAGE */
export function checkName(what: string, name: unknown): void {
  if (typeof name === 'string' && name.length > 0 && name.length <= LONGEST) return;
  throw new FleetError('USAGE', `the ${what} must be a text of 1 to ${LONGEST} characters, not ${quoted(name)}`);
}

/** Checks a rank. @throws {FleetError} USAGE */
export function checkRank(rank: unknown): void {
  if (Number.isSafeInteger(rank) && (rank as number) >= 0 && (rank as number) <= LAST_RANK) return;
  throw new FleetError('USAGE', `a rank must be a whole number from 0 to ${LAST_RANK}, not ${quoted(rank)}`);
}

/** Checks tasks that are added. @throws {FleetError} USAGE */
export function checkTasks(tasks: readonly Envelope[]): void {
  for (const { id, rank } of tasks) {
    checkName('id of a task', id);
    if (rank !== undefined) checkRank(rank);
  }
}

/** Checks the number of slots of a feed. @throws {FleetError} USAGE */
export function checkSlots(slots: unknown): void {
  if (Number.isSafeInteger(slots) && (slots as number) >= 0) return;
  throw new FleetError('USAGE', `slots must be a whole number, 0 or more, not ${quoted(slots)}`);
}

/** Checks a time in ms. @throws {FleetError} USAGE */
export function checkTime(what: string, ms: unknown, least: number): void {
  if (typeof ms === 'number' && ms >= least && ms <= 2 ** 31 - 1) return;
  throw new FleetError('USAGE', `${what} must be a time of ${least} ms or more, not ${quoted(ms)}`);
}
