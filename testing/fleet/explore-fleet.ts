import { movesOf } from './fleet-moves.ts';
import { type FleetState, type FleetTrial, firstState } from './fleet-state.ts';

/** The states and the transitions of the model of a fleet. */
export interface FleetModel {
  readonly states: number;
  readonly transitions: number;
  /** The states in which nothing is under way. */
  readonly rests: readonly FleetState[];
}

/** The most states of a model. A model with more is taken for endless. */
const MOST_STATES = 3_000_000;

interface Reached {
  readonly state: FleetState;
  /** The state before, and the move from there. */
  readonly from: string | undefined;
  readonly move: string;
  readonly before: string[];
}

/**
 * Explores every order of the moves of a fleet, with each of its faults once, at any moment. Checks in each state that nothing
 * has settled twice or by nobody, and at rest that nothing hangs; and that rest can be reached from each state without a fault.
 *
 * @throws {Error} when this does not hold: names it and the moves that led there
 */
export function exploreFleet(trial: FleetTrial): FleetModel {
  const reached = new Map<string, Reached>();
  const first = firstState(trial);
  const queue = [JSON.stringify(first)];
  reached.set(queue[0] as string, { state: first, from: undefined, move: '', before: [] });
  const rests: string[] = [];
  let transitions = 0;
  for (let at = 0; at < queue.length; at++) {
    const key = queue[at] as string;
    const { state } = reached.get(key) as Reached;
    const moves = movesOf(state, trial);
    const isRest = moves.every(({ fault }) => fault !== undefined);
    check(key, reached, () => checkState(state, trial));
    if (isRest) {
      check(key, reached, () => checkRest(state, trial));
      rests.push(key);
    }
    for (const { name, fault, apply } of moves) {
      const next = JSON.parse(key) as FleetState;
      apply(next);
      if (fault !== undefined) next.faults = next.faults.filter((each) => each !== fault);
      const nextKey = JSON.stringify(next);
      transitions++;
      const known = reached.get(nextKey);
      if (known === undefined) {
        reached.set(nextKey, { state: next, from: key, move: name, before: fault === undefined ? [key] : [] });
        queue.push(nextKey);
      } else if (fault === undefined) known.before.push(key);
    }
    if (reached.size > MOST_STATES) throw new Error(`the fleet has more than ${MOST_STATES} states`);
  }
  checkProgress(rests, reached);
  return { states: reached.size, transitions, rests: rests.map((key) => (reached.get(key) as Reached).state) };
}

/** Checks that rest can be reached without a fault from every state. */
function checkProgress(rests: readonly string[], reached: ReadonlyMap<string, Reached>): void {
  const good = new Set(rests);
  const queue = [...rests];
  for (let at = 0; at < queue.length; at++) {
    for (const key of reached.get(queue[at] as string)?.before ?? []) {
      if (good.has(key)) continue;
      good.add(key);
      queue.push(key);
    }
  }
  for (const key of reached.keys()) {
    if (!good.has(key)) check(key, reached, () => fail('the fleet never comes to rest from here'));
  }
}

function check(key: string, reached: ReadonlyMap<string, Reached>, act: () => void): void {
  try {
    act();
  } catch (error) {
    const way: string[] = [];
    for (let each = reached.get(key); each?.from !== undefined; each = reached.get(each.from)) way.unshift(each.move);
    throw new Error(`${way.join(', ')}: ${(error as Error).message}; ${key}`, { cause: error });
  }
}

function fail(problem: string): never {
  throw new Error(problem);
}

/** Checks what must hold at every moment. */
function checkState({ task, submitter, settled, news, nodes, followUps, faults }: FleetState, trial: FleetTrial): void {
  if (settled > 1) fail('the submitter has settled the task twice');
  for (const by of [...news, ...(submitter === undefined ? [] : [submitter])]) {
    if (task.place !== 'ended' || task.by !== by) fail(`node ${by} has told an outcome that the broker does not have`);
  }
  if (task.place === 'ended' && trial.hasFollowUp && followUps.every(({ place }) => place === 'none')) {
    fail('the task has settled, and its follow-up is nowhere');
  }
  const lost = trial.faults.length - faults.length;
  const begun = nodes.reduce((sum, node) => sum + node.begun, 0);
  if (begun > 1 + lost) fail(`the task was begun ${begun} times after ${lost} faults`);
  const begunFollowUps = nodes.reduce((sum, node) => sum + node.begunFollowUp, 0);
  if (lost === 0 && begunFollowUps > 1) fail('the follow-up was begun twice without a fault');
}

/** Checks what must hold when nothing is under way. */
function checkRest({ task, submitter, nodes, followUps }: FleetState, trial: FleetTrial): void {
  if (task.place !== 'ended') fail('the task has not settled');
  if (submitter === undefined) fail('the submitter waits for ever');
  for (const [n, node] of nodes.entries()) {
    if (node.task !== undefined || node.followUp !== undefined) fail(`node ${n} waits for ever`);
  }
  if (followUps.some(({ place }) => place === 'waiting' || place === 'active'))
    fail('the follow-up is left in a queue');
  if (!trial.hasFollowUp) return;
  const ends = followUps.map(({ end }) => end);
  if (!ends.includes('result') && !ends.includes('stranded')) fail('the follow-up has not settled');
}
