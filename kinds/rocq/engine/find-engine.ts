import { existsSync } from 'node:fs';
import { findProgram } from '../../smt/engine/native-process.ts';
import { RocqError } from './errors.ts';

/** The remedy where no engine is found. */
const INSTALL =
  "install it ('apt-get install coq', or 'opam install rocq-core rocqide-server'), or name it with --coq PATH";

/**
 * Returns the path of the engine: the named program, or the first `coqidetop` on PATH. Packages differ in the name.
 *
 * @throws {RocqError} ROCQ_MISSING
 */
export function findEngine(named?: string): string {
  if (named !== undefined) {
    const found = named.includes('/') && existsSync(named) ? named : findProgram(named);
    if (found !== undefined) return found;
    throw new RocqError('ROCQ_MISSING', `'${named}' is no program that can run: ${INSTALL}`);
  }
  for (const name of ['coqidetop', 'coqidetop.opt']) {
    const found = findProgram(name);
    if (found !== undefined) return found;
  }
  throw new RocqError('ROCQ_MISSING', `Rocq's engine 'coqidetop' is not on PATH: ${INSTALL}`);
}

/**
 * Returns the program and first arguments of the compiler that belongs to an engine: `coqc` beside it, or `rocq compile`
 * of Rocq 9. @throws {RocqError} ROCQ_MISSING
 */
export function findCompiler(engine?: string): string[] {
  const beside = engine?.includes('/') ? engine.slice(0, engine.lastIndexOf('/') + 1) : undefined;
  for (const [name, ...args] of [['coqc'], ['coqc.opt'], ['rocq', 'compile']] as [string, ...string[]][]) {
    const found = beside !== undefined && existsSync(beside + name) ? beside + name : findProgram(name);
    if (found !== undefined) return [found, ...args];
  }
  throw new RocqError('ROCQ_MISSING', `Rocq's compiler 'coqc' is not on PATH: ${INSTALL}`);
}
