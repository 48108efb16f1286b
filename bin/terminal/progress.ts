import { SingleBar } from 'cli-progress';
import { progressLine } from './progress-line.ts';
import { harmless, makeWayBy } from './terminal.ts';

/** A progress bar on stderr; nothing where stderr is no terminal. Lines that are printed meanwhile stand above it. */
export class Progress {
  readonly #bar: SingleBar | undefined;

  /** `isWanted`: whether nothing else is drawn there. */
  constructor(title: string, total: number, isWanted = true) {
    if (!isWanted || !process.stderr.isTTY) return;
    const shown = harmless(title);
    this.#bar = new SingleBar({
      format: (_options, { value, total }, { state }: { state: string }) =>
        // Some terminals do not know how wide they are, and say 0.
        progressLine({ title: shown, value, total, state }, process.stderr.columns || 80),
      hideCursor: true,
      clearOnComplete: true,
      // It would be off for results too, and they would be cut.
      linewrap: true,
      stream: process.stderr,
      fps: 20,
    });
    makeWayBy(() => process.stderr.write('\r\u001b[K'));
    this.#bar.start(total, 0, { state: '' });
  }

  /** One more is done. */
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
