import type { OutputLine } from './options.ts';

const TAIL = 4096;

/** Cuts what a worker writes into lines, and keeps the end of its stderr for the error that tells of its death. */
export class Output {
  readonly #worker: string;
  readonly #print: (line: OutputLine) => void;
  readonly #rest = { stdout: '', stderr: '' };
  #tail = '';

  constructor(worker: string, print: (line: OutputLine) => void) {
    this.#worker = worker;
    this.#print = print;
  }

  /** The last 4 KB of stderr. */
  get stderrTail(): string {
    return this.#tail;
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    if (stream === 'stderr') this.#tail = (this.#tail + text).slice(-TAIL);
    const lines = (this.#rest[stream] + text).split('\n');
    this.#rest[stream] = lines.pop() ?? '';
    for (const line of lines) this.#print({ worker: this.#worker, stream, line });
  }

  /** Prints what has no line end yet. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream] !== '') this.#print({ worker: this.#worker, stream, line: this.#rest[stream] });
      this.#rest[stream] = '';
    }
  }
}
