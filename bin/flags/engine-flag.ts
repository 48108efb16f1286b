import { InvalidArgumentError } from 'commander';
import type { EngineName } from '../../kinds/smt/engine/engine.ts';

/** Returns the engine that a flag names. @throws {InvalidArgumentError} for any other text */
export function engineOf(text: string): EngineName {
  if (text === 'z3-wasm' || text === 'z3' || text === 'cvc5') return text;
  if (/^[\w.-]+=\s*\S/.test(text)) return text as EngineName;
  throw new InvalidArgumentError("It must be z3-wasm, z3, cvc5, or 'NAME=command args'.");
}
