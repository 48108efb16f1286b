import type { ExecutionContext } from 'ava';
import { requestOfCheck } from '../../kinds/smt/proving/proof-check.ts';
import type { CheckTask } from '../../kinds/smt/proving/tasks.ts';
import type { CheckRequest, SessionResponse } from '../../kinds/smt/session/messages.ts';
import { readDocument } from '../../kinds/smt/text/document.ts';
import type { Goal } from '../../kinds/smt/text/goal.ts';

/** The goals of a text. */
export function goalsOf(text: string, file = 'test.smt2'): readonly Goal[] {
  return readDocument(text, file).goals;
}

/** The only goal of a text. */
export function goalOf(text: string): Goal {
  const [goal, ...more] = goalsOf(text);
  if (!goal || more.length > 0) throw new Error('the text has not exactly one goal');
  return goal;
}

/** The request that a fresh worker gets for a goal. */
export function requestFor(goal: Goal, task: Partial<CheckTask> = {}): CheckRequest {
  return requestOfCheck({ type: 'fresh' }, { ...task, type: 'check', goal });
}

/** What a session needs of the context of `perform`. */
export const context = () => ({ signal: new AbortController().signal });

type Of<T extends SessionResponse['type']> = Extract<SessionResponse, { type: T }>;

/** The response, once it is of that type. */
export function expectType<T extends SessionResponse['type']>(
  t: ExecutionContext,
  response: SessionResponse,
  type: T,
): Of<T> {
  t.is(response.type, type, JSON.stringify(response));
  return response as Of<T>;
}

/** The factors of a product of two primes of 40 bits: minutes of work for any solver. */
export const hard = `
(declare-const a (_ BitVec 96)) (declare-const b (_ BitVec 96))
(assert (= (bvmul a b) (_ bv1208925819335353221265601 96)))
(assert (bvult (_ bv1 96) a)) (assert (bvult a b)) (assert (bvult b (_ bv2199023255552 96)))
(check-sat)`;

/** Nonlinear arithmetic, where what Z3 spends depends on the addresses of its memory. */
export const nonlinear = `
(declare-fun f (Int) Int)
(assert (forall ((x Int)) (! (>= (f x) (* x x)) :pattern ((f x)))))
(declare-const x Int) (declare-const y Int) (declare-const z Int)
(push 1)
(assert (and (> x 1) (> y 2) (> z 3) (= (* x y z) 210) (< (f (+ x y)) (* x y))))
(assert (not (= (+ x y z) 18)))
(check-sat)
(pop 1)`;
