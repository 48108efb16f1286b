import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { EngineName } from '../../../kinds/smt/engine/engine.ts';
import { findProgram } from '../../../kinds/smt/engine/native-process.ts';
import { commandOf, wasmPath } from '../../../kinds/smt/engine/presence.ts';
import type { CheckedLines } from './checked-lines.ts';

/**
 * Returns a text that another version of an engine does not have: hashes of its program and of the files among its
 * arguments, and its own words about its version. What was found out about a file is remembered as long as the file is
 * the same: then nothing is started. `undefined` if the engine is not there.
 */
export function versionOf(name: EngineName, lines: CheckedLines): string | undefined {
  if (name === 'z3-wasm') {
    const path = wasmPath();
    return path === undefined ? undefined : factsOf(path.replace(/[^/\\]+$/, 'z3-built.wasm'), lines, hashOfFile);
  }
  const { program, args } = commandOf(name);
  const path = findProgram(program);
  if (path === undefined) return undefined;
  const isAsked = name === 'z3' || name === 'cvc5';
  const own = factsOf(path, lines, (file) => `${hashOfFile(file)} ${isAsked && isFront(file) ? wordsOf(file) : ''}`);
  const files = args.flatMap((arg) => factsOf(arg, lines, hashOfFile) ?? []);
  return own === undefined ? undefined : JSON.stringify([own, args, files]);
}

/** Returns what a function finds out about a file, from memory if the file is the same; `undefined` if it is not there. */
export function factsOf(
  path: string,
  lines: Pick<CheckedLines, 'get' | 'add'>,
  find: (file: string) => string,
): string | undefined {
  const identity = identityOf(path);
  if (identity === undefined) return undefined;
  const known = lines.get(identity);
  if (typeof known === 'string') return known;
  const facts = find(path);
  lines.add(identity, facts);
  return facts;
}

/** Returns a key that changes with a file: its place on the disk, its size and its times. `undefined` if it is not there. */
export function identityOf(path: string): string | undefined {
  try {
    const file = realpathSync(path);
    const { size, mtimeMs, ctimeMs, ino, dev } = statSync(file);
    const facts = JSON.stringify([file, size, mtimeMs, ctimeMs, ino, dev]);
    return `engine:${createHash('sha256').update(facts).digest('base64url')}`;
  } catch {
    return undefined;
  }
}

/** Returns the hash of a file; an empty text if it cannot be read. */
function hashOfFile(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('base64url');
  } catch {
    return '';
  }
}

/** Returns whether a program may have its solver in another file: then it is asked for its version. */
function isFront(file: string): boolean {
  const bytes = readFileSync(file);
  return bytes.subarray(0, 2).toString() === '#!' || bytes.includes('libz3.so') || bytes.includes('libcvc5.so');
}

function wordsOf(program: string): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', input: '', timeout: 5000 });
  return (stdout ?? '').split('\n')[0] ?? '';
}
