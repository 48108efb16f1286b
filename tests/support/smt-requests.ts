import type { ExecutionContext } from 'ava';
import { requestOfCheck } from '../../kinds/smt/proving/proof-check.ts';
import type { CheckTask } from '../../kinds/smt/proving/tasks.ts';
import type { CheckRequest, SessionResponse } from '../../kinds/smt/session/messages.ts';
import { readDocument } from '../../kinds/smt/text/document.ts';
import type { Goal } from '../../kinds/smt/text/goal.ts';

/** Returns the goals of a text. */
export function goalsOf(text: string, file = 'test.smt2'): readonly Goal[] {
  return readDocument(text, file).goals;
}

/** Returns the only goal of a text. */
export function goalOf(text: string): Goal {
  const [goal, ...more] = goalsOf(text);
  if (!goal || more.length > 0) throw new Error('the text has not exactly one goal');
  return goal;
}

/** Makes the request that a fresh worker gets for a goal. */
export function requestFor(goal: Goal, task: Partial<CheckTask> = {}): CheckRequest {
  return requestOfCheck({ type: 'fresh' }, { ...task, type: 'check', goal });
}

/** Makes the parts of the context of `perform` that a session needs. */
export const context = () => ({ signal: new AbortController().signal });

type Of<T extends SessionResponse['type']> = Extract<SessionResponse, { type: T }>;

/** Returns the response after a check of its type. */
export function expectType<T extends SessionResponse['type']>(
  t: ExecutionContext,
  response: SessionResponse,
  type: T,
): Of<T> {
  t.is(response.type, type, JSON.stringify(response));
  return response as Of<T>;
}

/** A goal to factor a product of two primes of 40 bits: it takes any solver minutes. */
export const hard = `
(declare-const a (_ BitVec 96)) (declare-const b (_ BitVec 96))
(assert (= (bvmul a b) (_ bv1208925819335353221265601 96)))
(assert (bvult (_ bv1 96) a)) (assert (bvult a b)) (assert (bvult b (_ bv2199023255552 96)))
(check-sat)`;

/** Nonlinear arithmetic, for which Z3's cost depends on the addresses of its memory. */
export const nonlinear = `
(declare-fun f (Int) Int)
(assert (forall ((x Int)) (! (>= (f x) (* x x)) :pattern ((f x)))))
(declare-const x Int) (declare-const y Int) (declare-const z Int)
(push 1)
(assert (and (> x 1) (> y 2) (> z 3) (= (* x y z) 210) (< (f (+ x y)) (* x y))))
(assert (not (= (+ x y z) 18)))
(check-sat)
(pop 1)`;
