import type { KindExamples } from '../../kind.ts';
import type { SessionResponse } from '../session/messages.ts';
import { readDocument } from '../text/document.ts';
import type { CheckTask, ProofTask, ProofTypes } from './tasks.ts';

const [goal] = readDocument('(declare-const p Bool)\n(assert p)\n(check-sat)', 'example.smt2').goals;
if (!goal) throw new Error('the example has a goal');
const { key } = goal;
const vitals = { ms: 1, pid: 1, threadId: 0, rss: 1 };
const found = { verdict: 'sat', ...vitals } as const;

const tasks = {
  check: () => ({ type: 'check', goal }),
  hold: () => ({ type: 'check', goal, hold: true }),
  oneShot: () => ({ type: 'check', goal, oneShot: true }),
  incremental: () => ({ type: 'check', goal, mode: 'incremental' }),
  retry: () => ({ type: 'check', goal, mode: 'incremental', again: { fresh: true, mismatches: 0 } }),
  resend: () => ({ type: 'check', goal, again: { fresh: false, mismatches: 1 } }),
  resendAgain: () => ({ type: 'check', goal, again: { fresh: false, mismatches: 2 } }),
  model: () => ({ type: 'model', key, release: true, of: { task: { type: 'check', goal }, result: found } }),
  run: () => ({ type: 'run', goals: [goal], onResult() {}, onStop() {} }),
  modelAndHold: () => ({ type: 'model', key, release: false }),
  repair: () => ({ type: 'repair', key, add: '(assert (not p))' }),
  release: () => ({ type: 'release', key }),
} satisfies Record<string, () => ProofTask>;

const checks = ['check', 'hold', 'oneShot', 'incremental', 'retry', 'resend', 'resendAgain'];
const answered = (answer: object) => () => ({ ...answer, ...vitals }) as SessionResponse;

function classOfCheck(task: CheckTask): string {
  if (task.again) return task.again.fresh ? 'retry' : task.again.mismatches > 1 ? 'resendAgain' : 'resend';
  if (task.hold) return 'hold';
  if (task.oneShot) return 'oneShot';
  return task.mode === 'incremental' ? 'incremental' : 'check';
}

/**
 * The finite abstraction of the proof kind: whether a worker holds a goal, and whether it ends after the release of
 * that goal.
 */
export const proofExamples: KindExamples<ProofTypes> = {
  tasks,
  responses: {
    unsat: { to: [...checks, 'repair'], make: answered({ type: 'verdict', verdict: 'unsat', rlimit: 1 }) },
    sat: { to: [...checks, 'repair'], make: answered({ type: 'verdict', verdict: 'sat', rlimit: 1 }) },
    unknown: {
      to: [...checks, 'repair'],
      make: answered({ type: 'verdict', verdict: 'unknown', reason: 'incomplete' }),
    },
    deadline: {
      to: [...checks, 'repair'],
      make: answered({ type: 'verdict', verdict: 'unknown', reason: 'deadline', dropped: true, broken: true }),
    },
    rejected: {
      to: [...checks, 'repair'],
      make: answered({ type: 'error', message: 'unknown constant q', at: { chunk: 0, line: 1, column: 1 } }),
    },
    ran: { to: ['run'], make: answered({ type: 'ran', done: 1 }) },
    stopped: { to: ['run'], make: answered({ type: 'ran', done: 0, stop: { type: 'error' } }) },
    died: { to: ['run'], make: answered({ type: 'ran', done: 0, stop: { type: 'died' } }) },
    model: { to: ['model', 'modelAndHold'], make: answered({ type: 'model', text: '(model)' }) },
    released: { to: ['release'], make: answered({ type: 'released' }) },
    mismatch: { to: '*', make: answered({ type: 'mismatch', problem: 'it holds another goal' }) },
  },
  classOfTask(task) {
    if (task.type === 'check') return classOfCheck(task);
    if (task.type === 'model') return task.release ? 'model' : 'modelAndHold';
    return task.type;
  },
  classOfCompetence({ goal: held, oneShot }) {
    if (held === undefined) return 'free';
    return oneShot ? 'holding, then ends' : 'holding';
  },
};
