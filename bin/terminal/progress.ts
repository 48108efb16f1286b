import type { SingleBar } from 'cli-progress';
import { progressLine } from './progress-line.ts';
import { harmless, makeWayBy } from './terminal.ts';

/** A progress bar on stderr. Without a terminal there is no bar. Other lines are printed above the bar. */
export class Progress {
  readonly #bar: SingleBar | undefined;

  private constructor(bar: SingleBar | undefined) {
    this.#bar = bar;
  }

  /** Starts a bar. `isWanted` is `false` if something else is drawn on the terminal. */
  static async start(title: string, total: number, isWanted = true): Promise<Progress> {
    if (!isWanted || !process.stderr.isTTY) return new Progress(undefined);
    // Loaded here: a command without a terminal starts sooner without it.
    const { SingleBar } = (await import('cli-progress')).default;
    const shown = harmless(title);
    const bar = new SingleBar({
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
    bar.start(total, 0, { state: '' });
    return new Progress(bar);
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
