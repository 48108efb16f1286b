import type { CompetenceOf, FeedbackOf, Kind, KindTypes, ResultOf } from '../../kinds/kind.ts';
import type { PoolOptions } from '../options/pool-options.ts';
import { Pool } from './pool.ts';

/**
 * Makes a pool of workers of one kind and starts them. It keeps the program alive only while there is something to do.
 *
 * @throws {UsageError} when the kind or an option is wrong: names it, its value and what is legal
 *
 * OCaml: `create` of `MakeQueue` (stm/asyncTaskQueue.mli).
 */
export function createPool<X extends KindTypes>(kind: Kind<X>, options?: PoolOptions): PoolOf<X> {
  return new Pool(kind, options);
}

/**
 * The pool of a kind's types, to be named where a pool is kept or handed on.
 *
 * @example
 * class Prover {
 *   readonly #pool: PoolOf<ProofTypes>;
 * }
 */
export type PoolOf<X extends KindTypes> = Pool<X['task'], CompetenceOf<X>, ResultOf<X>, FeedbackOf<X>>;
