import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findCompiler } from '../../kinds/rocq/engine/find-engine.ts';
import type { RocqRunner } from '../../kinds/rocq/proving/run-task.ts';

/** The word of coqc on a file. */
export interface Compiled {
  readonly isRight: boolean;
  /** The output of coqc, its error included. */
  readonly text: string;
}

/** The settings of a call of coqc. */
export interface CompileOptions {
  readonly args: readonly string[];
  readonly coq?: string;
}

/** Compiles a file by a plain coqc in the queue of the pool; its `.vo` stands beside the file. */
export async function compileFile(pool: RocqRunner, file: string, options: CompileOptions): Promise<Compiled> {
  const command = [...findCompiler(options.coq), '-q', ...options.args, file];
  const result = await pool.run({ type: 'compile', command, file });
  if (result.type !== 'compiled') throw new Error(`a compiler answered '${result.type}'`);
  return { isRight: result.code === 0, text: result.text };
}

/** Compiles a file by a plain coqc, and throws the `.vo` away. */
export async function certifyFile(pool: RocqRunner, file: string, options: CompileOptions): Promise<Compiled> {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-rocq-'));
  try {
    const vo = join(folder, `${basename(file, '.v')}.vo`);
    return await compileFile(pool, file, { ...options, args: [...options.args, '-o', vo] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Is `true` if the `.vo` of a file is younger than the file and the `.vo` of all that it needs. */
export function isCompiled(file: string, needs: readonly string[]): boolean {
  const own = ageOf(`${file}o`);
  const sources = [ageOf(file), ...needs.map((need) => ageOf(`${need}o`))];
  return own !== undefined && sources.every((each) => each !== undefined && each <= own);
}

function ageOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
