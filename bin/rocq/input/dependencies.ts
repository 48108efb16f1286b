import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { RocqError } from '../../../kinds/rocq/engine/errors.ts';
import { findCompiler } from '../../../kinds/rocq/engine/find-engine.ts';

/** A file with the given files that it requires. */
export interface Dependent {
  readonly file: string;
  readonly needs: readonly string[];
}

/**
 * Returns the files in an order in which each one stands behind those that it requires, as `coqdep` finds them. One file
 * alone needs no such question.
 *
 * @throws {RocqError} ROCQ_MISSING without coqdep, ROCQ_USAGE for a circle
 */
export function inOrderOfNeed(files: readonly string[], args: readonly string[], engine?: string): Dependent[] {
  const [only] = files;
  if (only !== undefined && files.length === 1) return [{ file: only, needs: [] }];
  const [compiler = ''] = findCompiler(engine);
  const beside = join(compiler, '..', 'coqdep');
  const [program, first] = existsSync(beside) ? [beside, []] : ['rocq', ['dep']];
  const paths = args.filter((_, i) => isOfPath(args, i));
  const found = spawnSync(program, [...first, ...paths, ...files], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (found.error) throw new RocqError('ROCQ_MISSING', `coqdep cannot run: ${found.error.message}`);
  const needs = needsOf(found.stdout, files);
  const ordered: Dependent[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open')
      throw new RocqError('ROCQ_USAGE', `${file}: it requires itself, through other files`);
    state.set(file, 'open');
    for (const need of needs.get(file) ?? []) visit(need);
    state.set(file, 'done');
    ordered.push({ file, needs: needs.get(file) ?? [] });
  };
  for (const file of files) visit(file);
  return ordered;
}

/** Is `true` for the arguments -R, -Q, -I and their values: coqdep knows no others. */
function isOfPath(args: readonly string[], i: number): boolean {
  const at = (back: number, names: string): boolean => names.split(' ').includes(args[i - back] ?? '');
  return at(0, '-R -Q -I') || at(1, '-R -Q -I') || at(2, '-R -Q');
}

function needsOf(rules: string, files: readonly string[]): Map<string, string[]> {
  const byVo = new Map(files.map((file) => [normalize(file).replace(/\.v$/, '.vo'), file]));
  const needs = new Map<string, string[]>();
  for (const line of rules.replaceAll('\\\n', ' ').split('\n')) {
    const [targets = '', sources = ''] = line.split(/: /);
    const file = targets.split(' ').flatMap((target) => byVo.get(normalize(target)) ?? [])[0];
    if (file === undefined) continue;
    const found = sources.split(' ').flatMap((source) => (source === '' ? [] : (byVo.get(normalize(source)) ?? [])));
    needs.set(file, found);
  }
  return needs;
}
