import { SingleBar } from 'cli-progress';

/** A progress bar on stderr; nothing where stderr is no terminal. */
export class Progress {
  readonly #bar: SingleBar | undefined;

  /** `isWanted`: whether nothing else is drawn there. */
  constructor(title: string, total: number, isWanted = true) {
    if (!isWanted || !process.stderr.isTTY) return;
    this.#bar = new SingleBar({
      format: `${title} {bar} {value}/{total} {state}`,
      barsize: 30,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
      fps: 20,
    });
    this.#bar.start(total, 0, { state: '' });
  }

  /** One more is done. */
  step(state: string): void {
    this.#bar?.increment(1, { state });
  }

  /** Makes way for a line of text; the bar comes back with the next step. */
  clear(): void {
    if (this.#bar !== undefined) process.stderr.write('\r\u001b[K');
  }

  /** Clears the bar. */
  stop(): void {
    this.#bar?.stop();
  }
}
