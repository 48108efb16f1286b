import test from 'ava';
import type { SoakTask } from '../../../scripts/soak/chores.ts';
import { Ledger } from '../../../scripts/soak/ledger.ts';

const task: SoakTask = { id: 1, chore: 'echo', value: 4 };
const right = { id: 1, value: 5 };
const done = (result: unknown) => ({ task, status: 'done', result, worker: 'soak:0:1', isFollowUp: false }) as const;

/** Makes a ledger of a task and applies the steps. */
function after(...steps: ((ledger: Ledger) => void)[]): Ledger {
  const ledger = new Ledger();
  ledger.open(task, true);
  for (const step of steps) step(ledger);
  return ledger;
}

const reported = (ledger: Ledger) => ledger.report(done(right));
const answered = (ledger: Ledger) => ledger.answer(task, { result: right });

test('a task that is used, reported and answered once is in order', (t) => {
  const ledger = after((each) => each.use(task), reported, answered);
  t.deepEqual(ledger.violations, []);
  t.like(ledger, { accepted: 1, settled: 1, doubles: 0, wrong: 0, openCount: 0, ends: { result: 1 } });
});

const broken: readonly (readonly [string, RegExp, ...((ledger: Ledger) => void)[]])[] = [
  ['reported twice', /task 1 \(echo\): it was reported twice/, reported, reported],
  ['reported again after its answer', /it was reported twice/, reported, answered, reported],
  ['answered twice', /it was answered twice/, reported, answered, answered],
  ['answered and not reported', /was answered and not reported/, answered],
  ['used twice', /its response was used twice/, (ledger) => ledger.use(task), (ledger) => ledger.use(task)],
  ['used after it was reported', /its response was used after it had settled/, reported, (ledger) => ledger.use(task)],
  ['ended after it was reported', /its end was reported after/, reported, (ledger) => ledger.endWithoutVerdict(task)],
  [
    'given the answer of another',
    /the answer of task 2/,
    reported,
    (each) => each.answer(task, { result: { id: 2, value: 5 } }),
  ],
  [
    'given a wrong answer',
    /it got 6 instead of 5/,
    reported,
    (each) => each.answer(task, { result: { id: 1, value: 6 } }),
  ],
  ['ended with an error that is not its own', /it ended with EXPIRED/, reported, endWith({ code: 'EXPIRED' })],
  ['blamed for another death', /it was blamed/, reported, endWith({ code: 'WORKER_DIED', reason: 'exit' })],
  ['given a feedback of another', /it got a feedback of task 2/, (each) => each.note(task, { id: 2, note: 1 })],
  [
    'reported a feedback of another',
    /its caller got a feedback of task 2/,
    (each) => each.hear(task, { id: 2, note: 0 }),
  ],
  [
    'tried again after it was reported',
    /its death was reported after it had settled/,
    reported,
    (each) => each.retry(task),
  ],
  ['refused after it was reported', /it was refused after it had settled/, reported, (each) => each.withdraw(task)],
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

test('a feedback that a task sends after its own answer is in order', (t) => {
  const ledger = after(reported, answered, (each) => each.note(task, { id: 1, note: 0 }));
  t.deepEqual(ledger.violations, []);
});

test('a task that is retried after a death is in order, and starts its feedbacks anew', (t) => {
  const noted = (note: number) => (ledger: Ledger) => ledger.note(task, { id: 1, note });
  t.deepEqual(after(noted(1), noted(2), (each) => each.retry(task), noted(1)).violations, []);
});

test('a worker that a signal to the group ends is a violation, and one that kill -9 ends is not', (t) => {
  const ledger = after((each) => each.noteDeath({ signal: 'SIGKILL' }));
  t.is(ledger.violated, 0);
  ledger.noteDeath({ signal: 'SIGINT' });
  t.deepEqual(ledger.violations, ["a SIGINT to the program's group ended a worker"]);
});

test('of similar violations the first ones are listed, and all are counted', (t) => {
  const ledger = new Ledger();
  for (let i = 0; i < 100; i++) ledger.violate(`${i} files were open`);
  ledger.violate('something else');
  t.is(ledger.violated, 101);
  t.deepEqual(ledger.violations, ['0 files were open', '1 files were open', '2 files were open', 'something else']);
});
