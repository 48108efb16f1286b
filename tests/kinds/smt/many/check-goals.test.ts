import test from 'ava';
import { createPool } from '../../../../actors/index.ts';
import proof from '../../../../kinds/proof.ts';
import { findProgram } from '../../../../kinds/smt/engine/native-process.ts';
import { checkGoals } from '../../../../kinds/smt/many/check-goals.ts';
import { checkGoal } from '../../../../kinds/smt/proving/check-goal.ts';
import type { ProofTask } from '../../../../kinds/smt/proving/tasks.ts';
import type { Mode } from '../../../../kinds/smt/session/messages.ts';
import { readDocument } from '../../../../kinds/smt/text/document.ts';
import type { Goal } from '../../../../kinds/smt/text/goal.ts';

const ENGINES = (['z3-wasm', 'z3', 'cvc5'] as const).filter(
  (name) => name === 'z3-wasm' || findProgram(name) !== undefined,
);

/** Returns goals of all outcomes: proved, refuted, unknown without induction, and with a refused command. */
const mixedFor = (engine: string): readonly Goal[] => {
  let text = '(set-logic ALL)\n(declare-const x Int)\n(declare-fun f (Int) Int)\n';
  for (let i = 0; i < 40; i++) {
    text += `(push 1)\n(assert (> x ${i}))\n`;
    if (i % 11 === 7) text += '(assert (> nowhere 0))\n';
    else if (i % 13 === 5 && engine !== 'cvc5') {
      text += '(assert (forall ((y Int)) (= (f (+ y 1)) (+ (f y) 1))))(assert (= (f 0) 0))(assert (< (f 100) 0))\n';
    } else if (i % 5 !== 3) text += `(assert (< x ${i}))\n`;
    text += `(check-sat)\n(pop 1)\n`;
    if (i === 20) text += '(reset)\n(set-logic ALL)\n(declare-const x Int)\n(declare-fun f (Int) Int)\n';
  }
  return readDocument(text, 'mixed.smt2').goals;
};

type Outcome = { verdict: string; reason?: string; hasModel: boolean; rlimit?: number } | { error: string };

async function outcomes(goals: readonly Goal[], engine: (typeof ENGINES)[number], mode: Mode, many: boolean) {
  await using pool = createPool(proof, { size: 1, host: 'thread' });
  // The limit of cvc5 is one of time: two runs may differ.
  const limits = engine === 'cvc5' ? {} : { rlimit: 200_000 };
  const found = new Map<Goal, Outcome>();
  const note = (goal: Goal, outcome: Awaited<ReturnType<typeof checkGoal>>) => {
    const { verdict, reason, model, rlimit } = outcome;
    found.set(goal, {
      verdict,
      ...(reason === undefined ? {} : { reason }),
      hasModel: model !== undefined,
      ...(rlimit === undefined || mode !== 'clean' ? {} : { rlimit }),
    });
  };
  if (many) {
    await checkGoals(pool, goals, {
      engine,
      mode,
      limits,
      size: 1,
      onOutcome(goal, outcome) {
        if (found.has(goal)) throw new Error('a goal has two outcomes');
        if ('result' in outcome) note(goal, outcome.result);
        else found.set(goal, { error: outcome.error.message });
      },
    });
  } else {
    for (const goal of goals) {
      try {
        note(goal, await checkGoal(pool, goal, { engine, mode, limits }));
      } catch (error) {
        found.set(goal, { error: (error as Error).message });
      }
    }
  }
  return goals.map((goal) => found.get(goal));
}

for (const engine of ENGINES) {
  for (const mode of ['clean', 'incremental'] as const) {
    test(`${engine}, ${mode}: goals that travel together have the outcomes of goals by themselves`, async (t) => {
      const mixed = mixedFor(engine);
      const alone = await outcomes(mixed, engine, mode, false);
      t.true(alone.some((each) => each !== undefined && 'error' in each));
      t.true(alone.some((each) => each !== undefined && 'verdict' in each && each.verdict === 'sat'));
      t.deepEqual(await outcomes(mixed, engine, mode, true), alone);
    });
  }
}

test('each goal for workers that end after a verdict is a task of its own, however quick they are', async (t) => {
  const goals = readDocument('(push 1)(assert false)(check-sat)(pop 1)\n'.repeat(6), 'many.smt2').goals;
  const asked: string[] = [];
  const found: Goal[] = [];
  const quick = {
    async run(task: ProofTask) {
      asked.push(task.type);
      return { verdict: 'unsat', ms: 0, pid: 0, threadId: 0, rss: 0 } as const;
    },
  };
  await checkGoals(quick, goals, { size: 1, oneShot: true, onOutcome: (goal) => void found.push(goal) });
  t.deepEqual(found, [...goals]);
  t.deepEqual(asked, Array(6).fill('check'));
});
