import test from 'ava';
import type { SoakTask } from '../../../scripts/soak/chores.ts';
import { Ledger } from '../../../scripts/soak/ledger.ts';

const task: SoakTask = { id: 1, chore: 'echo', value: 4 };
const right = { id: 1, value: 5 };
const done = (result: unknown) => ({ task, status: 'done', result, worker: 'soak:0:1', isFollowUp: false }) as const;

/** A ledger that has heard of a task and what came of it. */
function after(...steps: ((ledger: Ledger) => void)[]): Ledger {
  const ledger = new Ledger();
  ledger.open(task, true);
  for (const step of steps) step(ledger);
  return ledger;
}

const told = (ledger: Ledger) => ledger.tell(done(right));
const answered = (ledger: Ledger) => ledger.answer(task, { result: right });

test('a task that is used, told and answered once is in order', (t) => {
  const ledger = after((each) => each.use(task), told, answered);
  t.deepEqual(ledger.violations, []);
  t.like(ledger, { accepted: 1, settled: 1, doubles: 0, wrong: 0, openCount: 0, ends: { result: 1 } });
});

const broken: readonly (readonly [string, RegExp, ...((ledger: Ledger) => void)[]])[] = [
  ['told twice', /task 1 \(echo\): it was told twice/, told, told],
  ['told again after its answer', /it was told twice/, told, answered, told],
  ['answered twice', /it was answered twice/, told, answered, answered],
  ['answered and not told', /was answered and not told/, answered],
  ['used twice', /its response was used twice/, (ledger) => ledger.use(task), (ledger) => ledger.use(task)],
  ['used after it was told', /its response was used after it had settled/, told, (ledger) => ledger.use(task)],
  ['ended after it was told', /its end was told after/, told, (ledger) => ledger.endWithoutVerdict(task)],
  [
    'given the answer of another',
    /the answer of task 2/,
    told,
    (each) => each.answer(task, { result: { id: 2, value: 5 } }),
  ],
  ['given a wrong answer', /it got 6 instead of 5/, told, (each) => each.answer(task, { result: { id: 1, value: 6 } })],
  ['ended with an error that is not its own', /it ended with EXPIRED/, told, endWith({ code: 'EXPIRED' })],
  ['blamed for another death', /it was blamed/, told, endWith({ code: 'WORKER_DIED', reason: 'exit' })],
  ['given a feedback of another', /it got a feedback of task 2/, (each) => each.note(task, { id: 2, note: 1 })],
  ['told a feedback of another', /its caller got a feedback of task 2/, (each) => each.hear(task, { id: 2, note: 0 })],
  ['tried again after it was told', /its death was told after it had settled/, told, (each) => each.retry(task)],
  ['refused after it was told', /it was refused after it had settled/, told, (each) => each.withdraw(task)],
  ['never settled', /task 1 \(echo\) never settled/, (ledger) => ledger.writeOff()],
];

function endWith(error: object): (ledger: Ledger) => void {
  return (ledger) => ledger.answer(task, { error });
}

for (const [what, problem, ...steps] of broken) {
  test(`a task that is ${what} is a violation`, (t) => {
    const { violations } = after(...steps);
    t.is(violations.length, 1);
    t.regex(violations[0] as string, problem);
  });
}

test('a task that the pool refuses was never accepted', (t) => {
  t.like(
    after((each) => each.withdraw(task)),
    { accepted: 0, openCount: 0, violated: 0 },
  );
});

test('a feedback that its own task sends after its answer is in order', (t) => {
  const ledger = after(told, answered, (each) => each.note(task, { id: 1, note: 0 }));
  t.deepEqual(ledger.violations, []);
});

test('a task that is tried again after a death is in order, and starts its feedbacks anew', (t) => {
  const noted = (note: number) => (ledger: Ledger) => ledger.note(task, { id: 1, note });
  t.deepEqual(after(noted(1), noted(2), (each) => each.retry(task), noted(1)).violations, []);
});

test('a worker that a signal to the group ends is a violation, one that kill -9 ends is none', (t) => {
  const ledger = after((each) => each.mourn({ signal: 'SIGKILL' }));
  t.is(ledger.violated, 0);
  ledger.mourn({ signal: 'SIGINT' });
  t.deepEqual(ledger.violations, ["a SIGINT to the program's group ended a worker"]);
});

test('of violations that are alike the first ones are told, and all are counted', (t) => {
  const ledger = new Ledger();
  for (let i = 0; i < 100; i++) ledger.violate(`${i} files were open`);
  ledger.violate('something else');
  t.is(ledger.violated, 101);
  t.deepEqual(ledger.violations, ['0 files were open', '1 files were open', '2 files were open', 'something else']);
});
