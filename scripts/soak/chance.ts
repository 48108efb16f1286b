import { chanceOf } from '../../testing/graph/cover.ts';

/** A whole number from 0 up to `limit`. */
export type Chance = (limit: number) => number;

/**
 * Makes random numbers that depend only on the seeds. Each pool and each of its users has its own source, so that the
 * choices of one do not depend on the timing of the others.
 */
export function chanceFrom(...numbers: readonly number[]): Chance {
  const seed = numbers.reduce((state, number) => Math.imul(state ^ (state >>> 15) ^ number, 0x9e3779b1), 0x2545f491);
  const random = chanceOf(seed);
  return (limit) => Math.floor(random() * limit);
}
