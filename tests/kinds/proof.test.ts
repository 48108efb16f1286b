import test from 'ava';
import { GoalError } from '../../kinds/index.ts';
import type { EndReason, WorkerStatus } from '../../kinds/kind.ts';
import proof from '../../kinds/proof.ts';
import { proofExamples } from '../../kinds/smt/proving/proof-examples.ts';
import type { CheckTask, ModelTask, ProofCompetence, ProofTask, Settled } from '../../kinds/smt/proving/tasks.ts';
import type { CheckRequest, SessionResponse } from '../../kinds/smt/session/messages.ts';
import { EngineMissingError, SmtError } from '../../kinds/smt/text/errors.ts';
import { emptyStack, stackOf } from '../../kinds/smt/text/stack.ts';
import { FIRST } from '../../machines/kind-chart/chart-row.ts';
import { goalsOf } from '../support/smt-requests.ts';

const text =
  '(declare-const x Int)\n(push)\n(assert (> x 0))\n(check-sat)\n(pop)\n(push)\n(assert (> x y))\n(check-sat)';
const [goal, other] = goalsOf(text) as [CheckTask['goal'], CheckTask['goal']];
const { key } = goal;
const vitals = { ms: 5, pid: 7, threadId: 0, rss: 100 };
const free: ProofCompetence = {
  engine: 'z3-wasm',
  settings: undefined,
  stack: emptyStack,
  texts: [],
  goal: undefined,
  oneShot: false,
};
const fresh: WorkerStatus<ProofCompetence> = { type: 'fresh' };
const old = (competence: Partial<ProofCompetence> = {}): WorkerStatus<ProofCompetence> => ({
  type: 'old',
  competence: { ...free, ...competence },
});
const check = (more: Partial<CheckTask> = {}): CheckTask => ({ type: 'check', goal, ...more });
const verdict = (more: object): SessionResponse =>
  ({ type: 'verdict', verdict: 'unsat', ...vitals, ...more }) as SessionResponse;
const use = (status: WorkerStatus<ProofCompetence>, task: ProofTask, response: SessionResponse) => {
  const given = proof.useResponse?.(status, task, response);
  if (!given) throw new Error('the kind has a useResponse');
  return given;
};

/** Makes a check that records its final outcomes. */
function watched(more: Partial<CheckTask> = {}): { task: CheckTask; outcomes: Settled[] } {
  const outcomes: Settled[] = [];
  return { task: check({ ...more, settle: (settled) => outcomes.push(settled) }), outcomes };
}

test('a fresh worker takes only checks, and a worker that holds a goal takes only tasks about it', (t) => {
  const tasks: ProofTask[] = [
    check(),
    { type: 'model', key },
    { type: 'repair', key, add: '' },
    { type: 'release', key },
  ];
  const taken = (status: WorkerStatus<ProofCompetence>) => tasks.map((task) => proof.taskMatch?.(status, task, FIRST));
  t.deepEqual(taken(fresh), [true, false, false, false]);
  t.deepEqual(taken(old()), [true, false, false, false]);
  t.deepEqual(taken(old({ goal: key })), [false, true, true, true]);
  t.deepEqual(taken(old({ goal: 'another' })), [false, false, false, false]);
});

test('the index agrees with taskMatch: a task about a goal goes to the worker that holds it', (t) => {
  t.is(proof.affinity?.(check()), undefined);
  t.is(proof.affinity?.({ type: 'release', key }), key);
  t.is(proof.affinityOfCompetence?.({ ...free, goal: key }), key);
});

test('old workers refuse a retry for fresh workers', (t) => {
  const retry = check({ again: { fresh: true, mismatches: 0 } });
  t.true(proof.taskMatch?.(fresh, retry, FIRST));
  t.false(proof.taskMatch?.(old(), retry, FIRST));
});

test('a request has only the texts that its worker lacks', (t) => {
  const texts = (status: WorkerStatus<ProofCompetence>, task: CheckTask) =>
    (proof.requestOfTask(status, task, FIRST) as CheckRequest).push.map((sent) => sent.text !== undefined);
  t.deepEqual(texts(fresh, check()), [true, true]);
  t.deepEqual(texts(old({ texts: [goal.hashes[0] as string] }), check()), [false, true]);
  const resend = check({ again: { fresh: false, mismatches: 1 } });
  t.deepEqual(texts(old({ texts: [...goal.hashes] }), resend), [true, true]);
});

test('an incremental request continues after the common prefix, only under the same settings', (t) => {
  const known = { stack: stackOf(goal), texts: [goal.hashes[0] as string], settings: goal.settings };
  const request = (competence: Partial<ProofCompetence>) =>
    proof.requestOfTask(old(competence), check({ goal: other, mode: 'incremental' }), FIRST) as CheckRequest;
  t.like(request(known), { base: goal.hashes, keep: 1, push: [{ hash: other.hashes[1], text: other.chunks[1] }] });
  t.is(request({ ...known, settings: 'others' }).to, undefined);
  t.is(request({ ...known, engine: 'z3' }).to, undefined);
});

test('a proved goal leaves its worker old, with the new texts', (t) => {
  const { task, outcomes } = watched();
  const given = use(old({ texts: ['a'] }), task, verdict({ rlimit: 3, texts: ['a', 'b'] }));
  t.like(given, {
    type: 'stay',
    competence: { texts: ['a', 'b'], goal: undefined },
    result: { verdict: 'unsat', rlimit: 3, pid: 7 },
  });
  t.is(outcomes.length, 1);
});

test('a one-shot check ends its worker, and so does a check in a process that has grown too big', (t) => {
  t.is(use(fresh, check({ oneShot: true }), verdict({})).type, 'end');
  t.is(use(fresh, check(), verdict({ rss: 2 ** 31 })).type, 'end');
  t.is(use(fresh, check({ limits: { maxRss: 50 } }), verdict({})).type, 'end');
  t.is(use(fresh, check(), verdict({ rss: 2 ** 31, threadId: 3 })).type, 'stay');
});

test('a sat goal is held for the follow-up that fetches its model', (t) => {
  const { task, outcomes } = watched();
  const given = use(fresh, task, verdict({ verdict: 'sat' }));
  t.like(given, { type: 'stay', competence: { goal: key }, result: { verdict: 'sat', pending: 'model' } });
  t.is(outcomes.length, 0);
  const [model] = given.tasks ?? [];
  t.like(model, { type: 'model', key, release: true });
  const next = use(old({ goal: key }), model as ModelTask, { type: 'model', text: '(x 1)', ...vitals });
  t.like(next, { type: 'stay', competence: { goal: undefined }, result: { verdict: 'sat', model: '(x 1)' } });
  t.like(outcomes, [{ result: { verdict: 'sat', model: '(x 1)' } }]);
  t.false('pending' in ((outcomes[0] as { result: object }).result ?? {}));
});

test('a goal that its task keeps is held until a repair proves it or a release drops it', (t) => {
  const given = use(fresh, check({ hold: true, model: false }), verdict({ verdict: 'sat' }));
  t.like(given, { type: 'stay', competence: { goal: key }, result: { verdict: 'sat' } });
  t.is(given.tasks, undefined);
  const holder = old({ goal: key });
  const repair: ProofTask = { type: 'repair', key, add: '(assert false)' };
  t.like(use(holder, repair, verdict({ verdict: 'sat', model: '(x 2)' })), { type: 'stay', competence: { goal: key } });
  t.like(use(holder, repair, verdict({})), {
    type: 'stay',
    competence: { goal: undefined },
    result: { verdict: 'unsat' },
  });
  t.like(use(holder, { type: 'release', key }, { type: 'released', ...vitals }), {
    competence: { goal: undefined },
    result: null,
  });
  t.is(use(old({ goal: key, oneShot: true }), repair, verdict({})).type, 'end');
});

test('a lost model does not change the verdict', (t) => {
  const { task, outcomes } = watched();
  const model: ModelTask = {
    type: 'model',
    key,
    release: true,
    of: { task, result: { verdict: 'sat', ...vitals, pending: 'model' } },
  };
  use(old({ goal: key }), model, { type: 'mismatch', problem: 'gone', ...vitals });
  proof.onTaskCancellationOrExpirationOrWorkerDeath?.(
    model,
    Object.assign(new Error('killed'), { code: 'WORKER_DIED' as const }),
  );
  for (const outcome of outcomes) t.like(outcome, { result: { verdict: 'sat', model: undefined, pending: undefined } });
  t.is(outcomes.length, 2);
});

test('a rejected command is an error at its place in the file', (t) => {
  const { task, outcomes } = watched({ goal: other });
  const at = { chunk: 1, line: 1, column: 14 };
  const given = use(old({ texts: ['a'] }), task, { type: 'error', message: 'unknown constant y', at, ...vitals });
  t.like(given, { type: 'stay', competence: { texts: ['a'], stack: emptyStack } });
  t.true(given.error instanceof GoalError);
  t.like(given.error, { code: 'SMT_REJECTED', file: 'test.smt2', line: 7, column: 14, problem: 'unknown constant y' });
  t.is((outcomes[0] as { error: Error }).error, given.error as Error);
});

test('an incremental unknown of an old worker is tried once more, on a fresh worker', (t) => {
  const { task, outcomes } = watched({ mode: 'incremental' });
  const unknown = verdict({ verdict: 'unknown', reason: 'incomplete' });
  const given = use(old(), task, unknown);
  t.like(given, { type: 'end', result: { pending: 'retry' }, tasks: [{ again: { fresh: true } }] });
  t.is(outcomes.length, 0);
  t.like(use(fresh, given.tasks?.[0] as CheckTask, unknown), {
    type: 'stay',
    result: { verdict: 'unknown', reason: 'incomplete' },
  });
  t.is(outcomes.length, 1);
  t.is(use(fresh, task, unknown).tasks, undefined);
  t.is(use(old(), check(), unknown).tasks, undefined);
  t.is(use(old(), task, verdict({ verdict: 'unknown', reason: 'deadline', dropped: true })).tasks, undefined);
});

test('a solver killed at the deadline ends its worker, and the goal is unknown', (t) => {
  const killed = verdict({ verdict: 'unknown', reason: 'deadline', dropped: true, broken: true });
  t.like(use(fresh, check(), killed), { type: 'end', result: { verdict: 'unknown', reason: 'deadline' } });
});

test('a mismatch is tried again with all texts, at most twice', (t) => {
  const { task, outcomes } = watched();
  const mismatch: SessionResponse = { type: 'mismatch', problem: 'no text', ...vitals };
  let attempt: CheckTask = task;
  for (let n = 1; n <= 2; n++) {
    const given = use(old(), attempt, mismatch);
    t.is(given.type, 'end');
    attempt = given.tasks?.[0] as CheckTask;
    t.is(attempt.again?.mismatches, n);
  }
  t.like(use(old(), attempt, mismatch), { type: 'end', error: { code: 'SMT_MISMATCH' } });
  t.is(outcomes.length, 1);
});

test('a crash of the solver costs a worker and an attempt, and the second crash is the error of the goal', (t) => {
  const { task, outcomes } = watched();
  const crash = new SmtError('SMT_ENGINE_DIED', 'z3 ended with SIGSEGV');
  const given = proof.onPerformError?.(fresh, task, crash);
  t.like(given, { type: 'end', tasks: [{ again: { fresh: true } }], result: { pending: 'retry' } });
  const second = proof.onPerformError?.(fresh, given?.tasks?.[0] as CheckTask, crash);
  t.like(second, { type: 'end', error: { code: 'SMT_CRASHED', line: 4 } });
  t.is(outcomes.length, 1);
});

test('a missing engine is an error at once', (t) => {
  const error = new Error('perform threw', { cause: new EngineMissingError('z3 is not on PATH') });
  t.like(proof.onPerformError?.(fresh, check(), error), { type: 'end', error });
});

test('a check whose worker died is retried once, and then it is an error, never a verdict', (t) => {
  const { task, outcomes } = watched();
  const died = Object.assign(new Error('SIGKILL'), { code: 'WORKER_DIED' }) as EndReason;
  const hook = (ended: ProofTask | undefined, reason: EndReason) =>
    proof.onTaskCancellationOrExpirationOrWorkerDeath?.(ended, reason);
  t.is(hook(task, died), 'retry');
  t.is(hook(task, died), undefined);
  t.like(outcomes, [{ error: { code: 'SMT_CRASHED' } }]);
  t.is(hook(undefined, died), undefined);
  const cancelled = watched();
  const reason = Object.assign(new Error('no longer'), { code: 'CANCELLED' }) as EndReason;
  t.is(hook(cancelled.task, reason), undefined);
  t.deepEqual(cancelled.outcomes, [{ error: reason }]);
});

test('every example task has the class of its name, and no response makes useResponse throw', (t) => {
  for (const [name, make] of Object.entries(proofExamples.tasks)) {
    t.is(proofExamples.classOfTask(make()), name);
    for (const [label, { to, make: answer }] of Object.entries(proofExamples.responses)) {
      if (to !== '*' && !to.includes(name)) continue;
      for (const status of [fresh, old(), old({ goal: key }), old({ goal: key, oneShot: true })]) {
        const given = use(status, make(), answer(make()));
        t.true(given.type === 'stay' || given.type === 'end', `${name} ${label}`);
        for (const task of given.tasks ?? []) t.true(proofExamples.classOfTask(task) in proofExamples.tasks);
        if (given.type === 'stay') t.is(typeof proofExamples.classOfCompetence(given.competence), 'string');
      }
    }
  }
});
