import { callers } from './callers.js';
import { deaths } from './deaths.js';
import { endings } from './endings.js';
import { orders } from './orders.js';
import { starts } from './starts.js';
import { values } from './values.js';

/**
 * The rows of the matrix, in groups. A row has a `name`, a `title`, what it `expects` in words, and:
 *
 * - `play(experiment, subject)`: what happens, in a process of its own;
 * - `wants`: what must come of each task: `done` (with its own value, in one try), `rejects` (with an error that says something),
 *   `rejects at all`, or `settles`; always without waiting for a further call;
 * - `ours`: the codes that statepool's errors have, or `done`; for each host where they differ;
 * - `judge(observation)`: further faults, in words, and `tell(observation, subject)`: what is seen where there are none; `host` and `can`: for whom it makes sense; `start`: what workers do while they
 *   load; `files`: how many the program may have open; `isLeft`: the program is to end by itself; `isKilled`: it is killed when the experiment is set; `trials`: how often.
 */
export const groups = [
  { title: 'Deaths', rows: deaths },
  { title: 'Values and output', rows: values },
  { title: 'Cancelling and time limits', rows: orders },
  { title: 'Timers, signals and callbacks of the program', rows: callers },
  { title: 'Starts', rows: starts },
  { title: 'Endings', rows: endings },
];

export const rows = groups.flatMap((group) => group.rows);

/** The row of that name. */
export const rowOf = (name) => rows.find((row) => row.name === name);
