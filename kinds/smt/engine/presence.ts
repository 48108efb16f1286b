import { createRequire } from 'node:module';
import type { EngineName } from './engine.ts';
import { findProgram } from './native-process.ts';

/** The program of an engine that is a process of its own, and its arguments. */
export interface EngineCommand {
  readonly program: string;
  readonly args: readonly string[];
}

const commands = {
  z3: ['z3', '-in'],
  // Without --incremental, cvc5 ends at the first command that it refuses and leaves the rest unread. Without --quiet,
  // notes mix with answers.
  cvc5: ['cvc5', '--incremental', '--lang', 'smt2', '--quiet', '--produce-models'],
} as const;

/** Returns the program of an engine and its arguments. */
export function commandOf(name: Exclude<EngineName, 'z3-wasm'>): EngineCommand {
  const words =
    name === 'z3' || name === 'cvc5'
      ? commands[name]
      : name
          .slice(name.indexOf('=') + 1)
          .trim()
          .split(/\s+/);
  const [program = '', ...args] = words;
  return { program, args };
}

/** The words about the engine that npm has and that is not installed. */
export const wasmMissing =
  "engine 'z3-wasm' needs the package z3-solver, which is not installed: run `npm install z3-solver`, or use --engine z3";

/** Returns the path of the npm package of `z3-wasm`, or `undefined` if it is not installed. */
export function wasmPath(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('z3-solver');
  } catch {
    return undefined;
  }
}

/** Returns why an engine is not there, with the remedy; `undefined` if it is there. Starts nothing. */
export function whyMissing(name: EngineName): string | undefined {
  if (name === 'z3-wasm') return wasmPath() === undefined ? wasmMissing : undefined;
  const { program } = commandOf(name);
  if (findProgram(program) !== undefined) return undefined;
  return `engine '${program}' is not on PATH: install ${program}, or use another engine`;
}
