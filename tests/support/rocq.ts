import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createPool, type PoolOf } from 'statepool';
import { findProgram, type RocqDocument, type RocqTypes, readRocq, rocq } from 'statepool/kinds';
import { root } from './sources.ts';

/** A program that speaks the protocol of coqidetop for a small language. */
export const standIn = join(root, 'tests/fixtures/rocq/stand-in.mjs');

const isInstalled = ['coqidetop', 'coqidetop.opt'].some((name) => findProgram(name) !== undefined);

/** A test with a real Rocq; skipped, and so visible, where none is installed. */
export const withRocq = isInstalled ? test : test.skip;

/** Makes a pool of engines, and destroys it after the test. */
export function rocqPool(t: ExecutionContext, size = 2, host: 'process' | 'thread' = 'process'): PoolOf<RocqTypes> {
  const pool = createPool(rocq, { size, host });
  t.teardown(() => pool.destroy());
  return pool;
}

/** Reads a text of the small language. */
export function standInDocument(text: string): RocqDocument {
  return readRocq(text, { program: standIn });
}

/** Writes files into a folder that is removed after the test. */
export function rocqFolder(t: ExecutionContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-rocq-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
