import type { CompetenceOf, FeedbackOf, Kind, KindTypes, ResultOf } from '../../kinds/kind.ts';
import { UsageError } from '../errors/errors.ts';
import { openJournal } from '../journal/journal.ts';
import { checkKind } from '../kind-module/check-kind.ts';
import { isImportingKind } from '../kind-module/load-kind.ts';
import { ledgerIn } from '../ledger/ledger.ts';
import { fillOptions, type PoolOptions } from '../options/pool-options.ts';
import { startFirst } from '../starting/spare-workers.ts';
import type { Origin } from '../starting/start-worker.ts';
import { Pool } from './pool.ts';
import { beginLife } from './pool-life.ts';
import { rehearse } from './rehearsal/rehearsal.ts';

/**
 * Makes a pool of workers of one kind and starts them. The pool keeps the program alive only while it has something to do.
 *
 * OCaml: `create` of `MakeQueue` (stm/asyncTaskQueue.mli).
 *
 * @throws {UsageError} when the kind or an option is wrong: names it, its value and the legal ones
 *
 * @example
 * await using pool = createPool(kind, { size: 4, host: 'thread', maxQueue: 1000 });
 * const one = await pool.run(task);
 * for await (const each of pool.map(tasks)) console.log(each);
 * // At most 1,000 tasks wait: the next one is run when there is room for it.
 * await pool.slot();
 * pool.run(task).then(console.log, console.error);
 * await pool.join();
 */
export function createPool<X extends KindTypes>(kind: Kind<X>, options: PoolOptions = {}): PoolOf<X> {
  checkKind(kind, 'the first argument of createPool');
  if (isImportingKind()) {
    throw new UsageError(
      `createPool was called while a worker imports ${String(kind.url)}: put the kind into a module of its own, in a bundle too`,
    );
  }
  const origin: Origin = { kind, options: fillOptions(options) };
  const { journal } = origin.options;
  const opened = journal === undefined ? undefined : openJournal(journal, kind.name);
  // The first workers start while the rest of the pool's code is read and its machines are made.
  const spares = startFirst(origin);
  const life = beginLife({ ...origin, spares, opened, ledger: ledgerIn(options) });
  rehearse(life);
  return new Pool(life);
}

/**
 * The type of a pool of a kind's types, to declare a variable or parameter that holds the pool.
 *
 * @example
 * import type { PoolOf } from 'statepool';
 * import { proof, type ProofTypes } from 'statepool/kinds';
 *
 * class Prover {
 *   readonly #pool: PoolOf<ProofTypes> = createPool(proof);
 * }
 */
export type PoolOf<X extends KindTypes> = Pool<X['task'], CompetenceOf<X>, ResultOf<X>, FeedbackOf<X>>;
