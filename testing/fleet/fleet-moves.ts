import { isRemembered, onEnd, onInherit, onLease } from '../../fleet/leases/rules.ts';
import {
  backlogOf,
  type Fault,
  type FleetState,
  type FleetTrial,
  type Job,
  type ModelNode,
  type Run,
} from './fleet-state.ts';

/** A move of the model: what it is called, and what it does to a copy of the state. */
export interface Move {
  readonly name: string;
  readonly fault?: Fault;
  apply(state: FleetState): void;
}

/** Returns the moves that are possible in a state, faults too. */
export function movesOf(state: FleetState, trial: FleetTrial): Move[] {
  const live = state.nodes.flatMap((node, n) => (node.isLive ? [n] : []));
  return [
    ...live.flatMap((n) => [...taskMoves(state, n, trial), ...followUpMoves(state, n)]),
    ...live.flatMap((n) => heirMoves(state, n, trial)),
    ...submitterMoves(state),
    ...faultMoves(state, live),
  ];
}

function nodeOf(state: FleetState, n: number): ModelNode {
  return state.nodes[n] as ModelNode;
}

function jobOf(state: FleetState, queue: number): Job {
  return state.followUps[queue] as Job;
}

/** The moves of a node with the task: lease, end, entrust the follow-up, write, hear that the lease is lost. */
function taskMoves(state: FleetState, n: number, trial: FleetTrial): Move[] {
  const node = nodeOf(state, n);
  const run = node.task;
  const moves: Move[] = [];
  const add = (name: string, apply: Move['apply'], fault?: Fault) =>
    moves.push({ name: `node ${n} ${name}`, apply, ...(fault === undefined ? {} : { fault }) });
  if (state.task.place === 'waiting' && answerOf(node, run, false, node.remembers, backlogOf(state)) !== 'later') {
    add('gets the task', (next) => leaseTask(next, n));
  }
  if (run === undefined) return moves;
  if (run.isDropped && run.step === 'running')
    add('lets go of the task', (next) => void Object.assign(nodeOf(next, n), { task: undefined }));
  if (run.lease === 'stale') add('hears that the lease is lost', (next) => setLease(nodeOf(next, n).task, 'none'));
  if (run.step === 'running') {
    if (!trial.hasFollowUp || node.followUp === undefined) add('ends the task', (next) => endTask(next, n, trial));
    if (run.lease === 'none' && !run.isDropped) {
      add('gives the task up', (next) => void Object.assign(nodeOf(next, n).task as Run, { isDropped: true }));
    }
  } else if (run.step === 'asked') add('asks again', (next) => accept(next, n));
  else if (run.step === 'ended' && trial.hasFollowUp) add('entrusts the follow-up', (next) => entrust(next, n, trial));
  else {
    add('writes the outcome', (next) => write(next, n, trial, 'told'));
    if (run.lease === 'valid') {
      add('writes the outcome, and the answer is lost', (next) => write(next, n, trial, 'asked'), 'answerLost');
      add('writes the outcome, and the telling is lost', (next) => write(next, n, trial, 'untold'), 'tellLost');
    }
  }
  return moves;
}

function answerOf(node: ModelNode, run: Run | undefined, isRetracted: boolean, isRemembered: boolean, queue: number) {
  return onLease({
    isHeld: run !== undefined,
    isDropped: run?.isDropped === true,
    isElsewhere: run !== undefined && run.queue !== queue,
    isRetracted: isRetracted && node.own === queue,
    isRemembered,
  });
}

function leaseTask(state: FleetState, n: number): void {
  const node = nodeOf(state, n);
  const backlog = backlogOf(state);
  const answer = answerOf(node, node.task, false, node.remembers, backlog);
  Object.assign(state.task, { place: 'active', by: n });
  if (answer === 'bind') setLease(node.task, 'valid');
  else if (answer === 'answer') {
    node.remembers = false;
    Object.assign(state.task, { place: 'ended', end: 'result' });
    state.news.push(n);
  } else {
    node.task = { lease: 'valid', step: 'running', isDropped: false, isEarly: false, queue: backlog };
    node.begun++;
  }
}

function endTask(state: FleetState, n: number, { hasFollowUp }: FleetTrial): void {
  const node = nodeOf(state, n);
  (node.task as Run).step = 'ended';
  if (!hasFollowUp) return;
  node.followUp = { lease: 'none', step: 'running', isDropped: false, isEarly: true, queue: node.own };
  node.retracts = false;
  node.begunFollowUp++;
}

function entrust(state: FleetState, n: number, trial: FleetTrial): void {
  const node = nodeOf(state, n);
  const run = node.task as Run;
  const { lease, isDropped } = run;
  if (onEnd({ hasLease: lease !== 'none', isOwn: false, isDropped, isEarly: false }) !== 'write' || lease !== 'valid') {
    return refuse(state, n, trial);
  }
  const job = jobOf(state, node.own);
  if (job.place === 'none') job.place = 'waiting';
  run.step = 'entrusted';
}

function write(state: FleetState, n: number, trial: FleetTrial, how: 'told' | 'untold' | 'asked'): void {
  const run = nodeOf(state, n).task as Run;
  const { lease, isDropped } = run;
  if (onEnd({ hasLease: lease !== 'none', isOwn: false, isDropped, isEarly: false }) !== 'write' || lease !== 'valid') {
    return refuse(state, n, trial);
  }
  Object.assign(state.task, { place: 'ended', by: n, end: 'result' });
  if (how === 'asked') run.step = 'asked';
  else accept(state, n, how === 'told');
}

/** The broker has the outcome of this node. */
function accept(state: FleetState, n: number, isTold = true): void {
  const node = nodeOf(state, n);
  node.task = undefined;
  if (node.followUp !== undefined) node.followUp.isEarly = false;
  if (isTold) state.news.push(n);
}

/** The outcome of this node is nobody's: the follow-up is taken back. */
function refuse(state: FleetState, n: number, { hasFollowUp }: FleetTrial): void {
  const node = nodeOf(state, n);
  if (!(node.task as Run).isDropped) node.remembers = isRemembered(hasFollowUp ? 1 : 0);
  node.task = undefined;
  const { followUp } = node;
  if (followUp === undefined || followUp.queue === backlogOf(state)) return;
  followUp.isDropped = true;
  const job = jobOf(state, followUp.queue);
  const isHere = job.place === 'waiting' || (job.place === 'active' && job.by === n);
  if (followUp.queue === node.own && isHere) job.place = 'none';
  node.retracts = true;
  followUp.lease = 'none';
}

/** The moves of a node with the follow-up: from its own queue, and from the backlog. */
function followUpMoves(state: FleetState, n: number): Move[] {
  const node = nodeOf(state, n);
  const run = node.followUp;
  const backlog = backlogOf(state);
  const moves: Move[] = [];
  const add = (name: string, apply: Move['apply']) => moves.push({ name: `node ${n} ${name}`, apply });
  for (const queue of [node.own, backlog]) {
    const answer = answerOf(node, run, node.retracts, false, queue);
    if (jobOf(state, queue).place !== 'waiting' || answer === 'later') continue;
    add(`gets the follow-up of ${queue}`, (next) => leaseFollowUp(next, n, queue));
  }
  if (run === undefined) return moves;
  const forget = (next: FleetState) => void Object.assign(nodeOf(next, n), { followUp: undefined });
  if (run.isDropped) add('lets go of the follow-up', forget);
  if (run.lease === 'stale')
    add('hears that the lease of the follow-up is lost', (next) => setLease(nodeOf(next, n).followUp, 'none'));
  if (run.step === 'running') {
    add('ends the follow-up', (next) => void Object.assign(nodeOf(next, n).followUp as Run, { step: 'ended' }));
    return moves;
  }
  const isOwn = run.queue !== backlog;
  const todo = onEnd({ hasLease: run.lease !== 'none', isOwn, isDropped: run.isDropped, isEarly: run.isEarly });
  if (todo === 'fail') add('reports the follow-up as lost', forget);
  if (todo === 'write') {
    add('writes the follow-up', (next) => {
      if (run.lease === 'valid') Object.assign(jobOf(next, run.queue), { place: 'ended', by: n, end: 'result' });
      forget(next);
    });
  }
  return moves;
}

function leaseFollowUp(state: FleetState, n: number, queue: number): void {
  const node = nodeOf(state, n);
  const job = jobOf(state, queue);
  const answer = answerOf(node, node.followUp, node.retracts, false, queue);
  if (answer === 'retract') {
    job.place = 'none';
    return;
  }
  Object.assign(job, { place: 'active', by: n });
  if (answer === 'bind') return setLease(node.followUp, 'valid');
  node.followUp = { lease: 'valid', step: 'running', isDropped: false, isEarly: false, queue };
  node.begunFollowUp++;
}

/** The moves of a node as an heir: it takes the follow-up, gives it on, and ends it in the old queue. */
function heirMoves(state: FleetState, n: number, { fitsFresh }: FleetTrial): Move[] {
  const moves: Move[] = [];
  for (const [queue, job] of state.followUps.entries()) {
    const owner = queue > backlogOf(state) ? queue - backlogOf(state) - 1 : queue;
    const isLeft = queue !== backlogOf(state) && (!nodeOf(state, owner).isLive || nodeOf(state, owner).own !== queue);
    if (!isLeft) continue;
    const name = `node ${n} as heir of queue ${queue}`;
    if (job.place === 'waiting') {
      moves.push({
        name: `${name} takes the follow-up`,
        apply(next) {
          Object.assign(jobOf(next, queue), { place: 'active', by: n });
          if (onInherit({ isCancelled: false, fitsFresh, isGivenOn: false }) !== 'toAll') return;
          const goal = jobOf(next, backlogOf(next));
          if (goal.place === 'none') goal.place = 'waiting';
        },
      });
    } else if (job.place === 'active' && job.by === n && nodeOf(state, n).followUp?.queue !== queue) {
      const end = onInherit({ isCancelled: false, fitsFresh, isGivenOn: false }) === 'strand' ? 'stranded' : 'moved';
      const apply = (next: FleetState) => void Object.assign(jobOf(next, queue), { place: 'ended', end });
      moves.push({ name: `${name} ends it there`, apply });
    }
  }
  return moves;
}

function submitterMoves(state: FleetState): Move[] {
  const moves = state.news.map(
    (_, i): Move => ({ name: `the submitter hears news ${i}`, apply: (next) => hear(next, i) }),
  );
  if (state.task.place === 'ended' && state.submitter === undefined) {
    moves.push({ name: 'the submitter looks into the queue', apply: (next) => take(next, next.task.by) });
  }
  return moves;
}

function hear(state: FleetState, i: number): void {
  const [by] = state.news.splice(i, 1);
  if (state.submitter === undefined) take(state, by as number);
}

function take(state: FleetState, by: number): void {
  state.submitter = by;
  state.settled++;
}

/** The faults that may happen now, and what the broker does about dead nodes. */
function faultMoves(state: FleetState, live: readonly number[]): Move[] {
  const moves: Move[] = [];
  for (const { job, queue } of [
    { job: state.task, queue: undefined },
    ...state.followUps.map((job, queue) => ({ job, queue })),
  ]) {
    if (job.place !== 'active') continue;
    const what = queue === undefined ? 'the task' : `the follow-up of ${queue}`;
    const apply = (next: FleetState) => loseLease(next, queue);
    if (!nodeOf(state, job.by).isLive) moves.push({ name: `the broker takes ${what} from a dead node`, apply });
    else if (state.faults.includes('leaseLost'))
      moves.push({ name: `the lease of ${what} is lost`, fault: 'leaseLost', apply });
  }
  for (const n of live) {
    const node = nodeOf(state, n);
    if (state.faults.includes('death') && live.length > 1) {
      moves.push({ name: `node ${n} dies`, fault: 'death', apply: (next) => die(nodeOf(next, n)) });
    }
    if (state.faults.includes('takenForDead') && node.own === n) {
      moves.push({ name: `node ${n} is taken for dead`, fault: 'takenForDead', apply: (next) => beReborn(next, n) });
    }
  }
  return moves.filter(({ fault }) => fault === undefined || state.faults.includes(fault));
}

function loseLease(state: FleetState, queue: number | undefined): void {
  const job = queue === undefined ? state.task : jobOf(state, queue);
  const node = nodeOf(state, job.by);
  const run = queue === undefined ? node.task : node.followUp;
  if (run?.lease === 'valid' && (queue === undefined || run.queue === queue)) run.lease = 'stale';
  job.place = 'waiting';
}

function die(node: ModelNode): void {
  Object.assign(node, { isLive: false, task: undefined, followUp: undefined, remembers: false, retracts: false });
}

/** Others inherit from the node: it gives up what came from its queue, and begins another one. */
function beReborn(state: FleetState, n: number): void {
  const node = nodeOf(state, n);
  const { followUp, own } = node;
  node.own = backlogOf(state) + 1 + n;
  if (followUp === undefined || followUp.queue !== own) return;
  const job = jobOf(state, own);
  if (followUp.isEarly && job.place === 'none') {
    followUp.queue = node.own;
    return;
  }
  followUp.isDropped = true;
  if (job.place === 'active' && followUp.lease === 'valid') job.place = 'waiting';
  followUp.lease = 'none';
}

function setLease(run: Run | undefined, lease: Run['lease']): void {
  if (run !== undefined) run.lease = lease;
}
