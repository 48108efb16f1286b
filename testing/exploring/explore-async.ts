import type { ChartedKind } from '../../machines/kind-chart/chart-row.ts';
import { type Act, actsOn, nameOfAct, perform, settle } from '../model/acts.ts';
import { canonOf } from '../model/canon.ts';
import { ModelPool } from '../model/model-pool.ts';
import type { ModelSettings } from '../model/model-state.ts';
import type { Body } from '../model/model-task.ts';
import { checkRest } from './rest.ts';

/** The bounds of a model that delivers messages in any order. */
export interface AsyncBounds extends ModelSettings {
  /** The most tasks that callers submit, in all. */
  readonly tasks: number;
  /** The most deaths, cancels and ends, in all. */
  readonly faults: number;
}

/** The size of an exploration. */
export interface AsyncReport {
  readonly states: number;
  readonly transitions: number;
}

/** The most states of a model. A model with more is taken for endless. */
const MOST_STATES = 400_000;

interface Left {
  readonly tasks: number;
  readonly faults: number;
}

/** A possible next step of the model. */
interface Move {
  readonly name: string;
  readonly left: Left;
  make(model: ModelPool): unknown;
}

/**
 * Explores every step of a new pool in every order of delivery. Between any two messages, callers may submit and cancel
 * tasks, and workers may answer and die. Checks the invariants after each step. Also lets the pool finish alone from
 * each state and checks that it comes to rest.
 *
 * @throws {Error} when an invariant does not hold: names it and the steps that led there
 */
export function exploreAsync(kind: ChartedKind, size: number, bounds: AsyncBounds): AsyncReport {
  const first = new ModelPool(kind, size, bounds);
  first.mail.push({ type: 'enqueue' });
  const start = { model: first, left: bounds, last: '', before: undefined as string | undefined };
  const reached = new Map<string, Omit<typeof start, 'model'>>();
  const open: [string, typeof start][] = [[keyOf(first, bounds), start]];
  reached.set(keyOf(first, bounds), start);
  let transitions = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [from, { model, left }] = at;
    for (const move of movesOn(model, left)) {
      transitions++;
      const next = model.copy();
      attempt(reached, from, move.name, () => move.make(next));
      const key = keyOf(next, move.left);
      if (reached.has(key)) continue;
      if (reached.size >= MOST_STATES) throw new Error(`the pool of ${size} has more than ${MOST_STATES} states`);
      const known = { left: move.left, last: move.name, before: from };
      reached.set(key, known);
      open.push([key, { ...known, model: next }]);
      const alone = next.copy();
      attempt(reached, key, 'left alone', () => {
        settle(alone);
        checkRest(alone);
      });
    }
  }
  return { states: reached.size, transitions };
}

function attempt(
  reached: ReadonlyMap<string, { readonly last: string; readonly before: string | undefined }>,
  from: string,
  name: string,
  act: () => void,
): void {
  try {
    act();
  } catch (error) {
    const way = [name];
    for (let at = reached.get(from); at?.before !== undefined; at = reached.get(at.before)) way.unshift(at.last);
    throw new Error(`${way.join(', ')}: ${(error as Error).message}`, { cause: error });
  }
}

function keyOf(model: ModelPool, left: Left): string {
  return `${left.tasks} ${left.faults} ${canonOf(model).key}`;
}

function movesOn(model: ModelPool, left: Left): Move[] {
  const moves: Move[] = [];
  for (const [i, { inbox, process }] of canonOf(model).bodies.entries()) {
    const on = (act: (model: ModelPool, body: Body) => void) => (next: ModelPool) =>
      act(next, canonOf(next).bodies[i] as Body);
    if (inbox[0] !== undefined) {
      moves.push({ name: `${i} gets ${inbox[0].type}`, left, make: on((next, body) => next.deliver(body)) });
    }
    // As in the pool: a worker's machine has been given what was decided before its process says more.
    const isBehind = model.settings.flush && (inbox.length > 0 || model.mail.some(({ type }) => type === 'free'));
    if (process === 'starting' && !isBehind)
      moves.push({ name: `${i} starts`, left, make: on((next, body) => next.start(body)) });
    if (process === 'killed' || process === 'ending') {
      moves.push({ name: `${i} exits`, left, make: on((next, body) => next.exit(body)) });
    }
  }
  const [mail] = model.mail;
  if (mail !== undefined) {
    moves.push({ name: `the supervisor gets ${mail.type}`, left, make: (next) => next.deliverMail() });
  }
  for (const slot of model.pool.waiting) {
    if (model.mail.some((event) => event.type === 'respawn' && event.slot === slot)) continue;
    moves.push({
      name: `slot ${slot} is tried again`,
      left,
      make: (next) => next.mail.push({ type: 'respawn', slot }),
    });
  }
  for (const act of actsOn(model, { tasks: Number.POSITIVE_INFINITY, ends: true, without: ['pause', 'resume'] })) {
    const after = leftAfter(act, left);
    if (after !== undefined) moves.push({ name: nameOfAct(act), left: after, make: (next) => perform(next, act) });
  }
  return moves;
}

function leftAfter(act: Act, { tasks, faults }: Left): Left | undefined {
  if (act.type === 'enqueue') return tasks > 0 ? { tasks: tasks - 1, faults } : undefined;
  if (act.type === 'answer' || ['impatient', 'due', 'begin', 'check', 'flush', 'grant'].includes(act.type))
    return { tasks, faults };
  return faults > 0 ? { tasks, faults: faults - 1 } : undefined;
}
