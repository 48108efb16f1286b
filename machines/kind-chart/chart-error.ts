/**
 * The error of a kind whose examples are no finite abstraction of it. The message names the kind, the problem and the
 * remedy.
 */
export class ChartError extends Error {
  override readonly name = 'ChartError';
  readonly code = 'CHART';

  constructor(kind: string, problem: string, cause?: unknown) {
    super(`the kind ${kind} has no chart: ${problem}`, cause === undefined ? {} : { cause });
  }
}
