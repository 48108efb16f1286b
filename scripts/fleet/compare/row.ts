import type { TestEngine } from '../../../tests/support/engines/engine.ts';
import type { Ground } from '../ground.ts';
import type { Plain } from './plain.ts';

/** The parts of a case: the fleet, and plain BullMQ beside it. */
export interface Pair {
  readonly engine: TestEngine;
  readonly ground: Ground;
  readonly plain: Plain;
}

/** The deed of one side. `isGood`: as the case demands it. */
export interface Deed {
  readonly isGood: boolean;
  readonly text: string;
}

/** A case, on the fleet and on plain BullMQ. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** The engine that the case is about; without it, the one that is asked for. */
  readonly engine?: 'postgres';
  fleet(pair: Pair): Promise<Deed>;
  /** Is absent where BullMQ has no such thing. */
  plain?(pair: Pair): Promise<Deed>;
}

/** Returns the deed of a good thing that happened in time. */
export function inTime(ms: number, most: number, text: string): Deed {
  return { isGood: ms <= most, text: `${text} ${Math.round(ms)} ms` };
}
