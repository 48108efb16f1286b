import { InvalidArgumentError } from 'commander';
import type { EngineName } from '../../kinds/smt/engine/engine.ts';
import type { PortfolioFlag } from '../prove/settings.ts';

/** Returns the engine that a flag names. @throws {InvalidArgumentError} for any other text */
export function engineOf(text: string): EngineName {
  if (text === 'z3-wasm' || text === 'z3' || text === 'cvc5') return text;
  if (/^[\w.-]+=\s*\S/.test(text)) return text as EngineName;
  throw new InvalidArgumentError("It must be z3-wasm, z3, cvc5, or 'NAME=command args'.");
}

/**
 * Returns the engines and numbers of a portfolio, such as `z3,cvc5,seeds=3,after=500`. @throws {InvalidArgumentError} for
 * any other text
 */
export function portfolioOf(text: string): PortfolioFlag {
  const parts = text.split(',').map((part) => part.trim());
  const numberOf = (name: string) => parts.findLast((part) => part.startsWith(name))?.slice(name.length);
  const [seeds = '1', after] = [numberOf('seeds='), numberOf('after=')];
  const engines = parts.filter((part) => !/^(seeds|after)=/.test(part)).map(engineOf);
  if (!/^[1-9]\d?$/.test(seeds)) throw new InvalidArgumentError('seeds must be a number from 1 to 99.');
  if (!/^\d{1,7}$/.test(after ?? '0')) throw new InvalidArgumentError('after must be a number of ms below 10000000.');
  if (engines.length * Number(seeds) < 2) throw new InvalidArgumentError('It must name two engines, or several seeds.');
  return { engines, seeds: Number(seeds), ...(after === undefined ? {} : { after: Number(after) }) };
}

/** Returns the factors of limits, such as `1x,4x,16x`. @throws {InvalidArgumentError} for any other text */
export function scalesOf(text: string): number[] {
  const scales = text.split(',').map((part) => Number(/^\s*(\d+)x?\s*$/.exec(part)?.[1] ?? 0));
  if (scales.every((scale, i) => scale >= 1 && scale > (scales[i - 1] ?? 0))) return scales;
  throw new InvalidArgumentError('It must be growing factors, such as 1x,4x,16x.');
}
