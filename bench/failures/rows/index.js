import { callers } from './callers.js';
import { deaths } from './deaths.js';
import { endings } from './endings.js';
import { orders } from './orders.js';
import { starts } from './starts.js';
import { values } from './values.js';

/**
 * The rows of the matrix, in groups. A row has a `name`, a `title`, the expectation `expects` in words, and:
 *
 * - `play(experiment, subject)`: the experiment, in a process of its own;
 * - `wants`: the wanted end of each task, always without a wait for a further call: `done` (with its own value, in one try),
 *   `rejects` (with an error that has a message), `rejects at all`, or `settles`;
 * - `ours`: the codes of statepool's errors, or `done`; by host if they differ;
 * - `faultsOf(observation)`: further faults, in words;
 * - `remark(observation, subject)`: a remark if there are no further faults;
 * - `host` and `can`: the subjects to which it applies;
 * - `start`: the act of workers while they load;
 * - `files`: the most open files of the program;
 * - `isLeft`: the program must end by itself;
 * - `isKilled`: the program is killed once the experiment is set;
 * - `trials`: the number of trials.
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

/** Returns the row of that name. */
export const rowOf = (name) => rows.find((row) => row.name === name);
