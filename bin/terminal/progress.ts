import { SingleBar } from 'cli-progress';
import { progressLine } from './progress-line.ts';
import { harmless, makeWayBy } from './terminal.ts';

/** A progress bar on stderr. Without a terminal there is no bar. Other lines are printed above the bar. */
export class Progress {
  readonly #bar: SingleBar | undefined;

  /** Starts the bar. `isWanted` is `false` if something else is drawn on the terminal. */
  constructor(title: string, total: number, isWanted = true) {
    if (!isWanted || !process.stderr.isTTY) return;
    const shown = harmless(title);
    this.#bar = new SingleBar({
      format: (_options, { value, total }, { state }: { state: string }) =>
        // Some terminals do not know their width and report 0.
        progressLine({ title: shown, value, total, state }, process.stderr.columns || 80),
      hideCursor: true,
      clearOnComplete: true,
      // Without it the bar would turn off line wrapping for results too, and they would be cut.
      linewrap: true,
      stream: process.stderr,
      fps: 20,
    });
    makeWayBy(() => process.stderr.write('\r\u001b[K'));
    this.#bar.start(total, 0, { state: '' });
  }

  /** Counts one more finished item. */
  step(state: string): void {
    this.#bar?.increment(1, { state });
  }

  /** Clears the bar. */
  stop(): void {
    if (this.#bar === undefined) return;
    this.#bar.stop();
    makeWayBy(undefined);
  }
}
