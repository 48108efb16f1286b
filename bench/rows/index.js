/**
 * The comparisons: each is a workload, its subjects, and its goals.
 *
 * Of a row:
 *
 * - `figure`: the shown and compared figure, if it is not `us`. `base`: the subject that the table compares with.
 * - `rounds`: the rounds of a run that names no number. `times`: a factor on the rounds.
 * - `needs`: commands without which the row is left out. `within`: a command that runs the measuring program.
 * - `isLong`: a quick run leaves the row out. It also leaves out rows without goals, unless they have `isQuick`.
 * - `felt`: what a user feels, for the first table of the page: `name`, `subject` and, if not the row's, `figure`.
 * - `isPlotted`: the picture has the row.
 *
 * `goals`: the value that a subject must reach, and a better one to aim for. `of`: the subjects to compare with (the
 * best of several; `piscina` by default), or `value` of the subject alone: `spread` (p99 / p50), `ideal` (relative to
 * the time of the work itself), or another figure of the workload. `figure`: the compared figure, if not the row's.
 * `least`: with `of`, a ratio of speed; more is better. `most`: with `of`, a ratio of cost; less is better. A `stretch`
 * without a `least` or `most` is only a wish: it is shown, and no subject fails it; `isCost` makes it a wish for less.
 * `or`: another sufficient value. `always`: every round must reach it, not only the median.
 */
import { fleet } from './fleet.js';
import { latency } from './latency.js';
import { lowRate } from './low-rate.js';
import { memory } from './memory.js';
import { payloads } from './payloads.js';
import { prove } from './prove.js';
import { solving } from './solving.js';
import { start } from './start.js';
import { throughput } from './throughput.js';
import { work } from './work.js';

export const rows = [
  ...start,
  ...latency,
  ...lowRate,
  ...throughput,
  ...work,
  ...payloads,
  ...memory,
  ...solving,
  ...prove,
  ...fleet,
];
