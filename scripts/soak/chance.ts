import { chanceOf } from '../../testing/graph/cover.ts';

/** A whole number from 0 up to `limit`. */
export type Chance = (limit: number) => number;

/**
 * Chance that depends on these numbers alone: each pool, and each of those who use it, has its own, so that what one chooses does
 * not depend on when the others do.
 */
export function chanceFrom(...numbers: readonly number[]): Chance {
  const seed = numbers.reduce((state, number) => Math.imul(state ^ (state >>> 15) ^ number, 0x9e3779b1), 0x2545f491);
  const random = chanceOf(seed);
  return (limit) => Math.floor(random() * limit);
}
