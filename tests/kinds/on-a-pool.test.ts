import { readFileSync } from 'node:fs';
import test from 'ava';
import { createPool, type HostName } from 'statepool';
import { checkGoal, type GoalResult, type ProofTask, proof, readDocument } from 'statepool/kinds';

const file = 'examples/overflow-checks.smt2';
const goals = readDocument(readFileSync(file, 'utf8'), file).goals.slice(0, 14);

/** A loop invariant that is too weak: it is preserved only if n is bounded. */
const weak = readDocument(
  `(declare-const n Int)(declare-const i Int)(declare-const s Int)
   (push 1)
   (assert (and (<= 0 i) (< i n) (= (* 2 s) (* i (- i 1)))))
   (assert (not (and (<= (+ i 1) n) (= (* 2 (+ s i)) (* (+ i 1) i)) (< s 100))))
   (check-sat)
   (pop 1)`,
  'weak.smt2',
).goals[0] as (typeof goals)[number];

interface Way {
  readonly host: HostName;
  readonly size: number;
  readonly oneShot?: boolean;
}

async function verdictsOf(
  { host, size, oneShot = false }: Way,
  count: number,
): Promise<{ verdicts: string; rlimit: number }> {
  const pool = createPool(proof, { host, size, execArgv: [] });
  try {
    const results = await Promise.all(goals.slice(0, count).map((goal) => checkGoal(pool, goal, { oneShot })));
    return {
      verdicts: results.map(({ verdict }) => verdict).join(' '),
      rlimit: results.reduce((sum, result) => sum + (result.rlimit ?? 0), 0),
    };
  } finally {
    await pool.destroy();
  }
}

for (const host of ['process', 'thread'] as const) {
  test(`${host}: one and four workers give the same verdicts and the same sum of rlimit`, async (t) => {
    const one = await verdictsOf({ host, size: 1 }, goals.length);
    const four = await verdictsOf({ host, size: 4 }, goals.length);
    t.true(one.rlimit > 0);
    t.deepEqual(four, one);
    t.deepEqual(
      one.verdicts.split(' '),
      goals.map(({ expected }) => expected ?? 'unsat'),
    );
  });

  test(`${host}: a worker for each goal gives the same verdicts and rlimit as reused ones`, async (t) => {
    t.deepEqual(await verdictsOf({ host, size: 2, oneShot: true }, 4), await verdictsOf({ host, size: 2 }, 4));
  });

  test(`${host}: the worker that found a proof broken repairs it`, async (t) => {
    const pool = createPool(proof, { host, size: 3, execArgv: [] });
    t.teardown(() => pool.destroy());
    const seen: { task: ProofTask; worker: string | undefined }[] = [];
    pool.on('task', ({ task, worker }) => seen.push({ task: task as ProofTask, worker }));

    const failed = await checkGoal(pool, weak, { hold: true });
    t.is(failed.verdict, 'sat');
    t.regex(failed.model ?? '', /define-fun n/);
    const wrong = (await pool.run({ type: 'repair', key: weak.key, add: '(assert (< n 1000))' })) as GoalResult;
    const right = (await pool.run({ type: 'repair', key: weak.key, add: '(assert (<= n 14))' })) as GoalResult;
    t.is(wrong.verdict, 'sat');
    t.is(right.verdict, 'unsat');
    t.log(
      `failed in pid ${failed.pid} thread ${failed.threadId}, repaired in pid ${right.pid} thread ${right.threadId}`,
    );
    t.deepEqual([wrong.pid, wrong.threadId], [failed.pid, failed.threadId]);
    t.deepEqual([right.pid, right.threadId], [failed.pid, failed.threadId]);
    t.deepEqual(
      seen.map(({ task }) => task.type),
      ['check', 'model', 'repair', 'repair'],
    );
    t.is(new Set(seen.map(({ worker }) => worker)).size, 1, 'the follow-up went to another worker');
  });

  test(`${host}: a fetch for a goal that no worker holds stalls the pool, and a fresh worker never gets it`, async (t) => {
    const pool = createPool(proof, { host, size: 2, execArgv: [] });
    t.teardown(() => pool.destroy());
    const stalled = new Promise<readonly string[]>((resolve) => pool.on('stalled', ({ tasks }) => resolve(tasks)));
    const orphan = t.throwsAsync(() => pool.run({ type: 'model', key: 'nobody has it' }), { code: 'CANCELLED' });
    t.deepEqual(await stalled, ['model nobody has it']);
    await t.throwsAsync(() => pool.join(), { code: 'STALLED' });
    t.true(pool.workers.every(({ tasks }) => tasks === 0));
    pool.cancelAll();
    await orphan;
  });
}
