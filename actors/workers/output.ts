import type { OutputLine } from '../options/pool-options.ts';

/** So much of the end of stderr is kept. In characters. */
const TAIL = 4096;

/** A longer line is told in pieces of this length: nobody keeps more of a line that has no end. In characters. */
export const LONGEST_LINE = 2 ** 16;

/** Cuts what a worker writes into lines, and keeps the end of its stderr for the error that tells of its death. */
export class Output {
  readonly #worker: string;
  readonly #print: (line: OutputLine) => unknown;
  readonly #warn: (error: unknown) => void;
  /** What has no line end yet, up to LONGEST_LINE. */
  readonly #rest = { stdout: '', stderr: '' };
  /** The end of stderr, up to twice as much as is kept: so each character is moved once or twice, however few come at a time. */
  #tail = '';
  #hasThrown = false;

  /** `warn` is told of what `print` throws, once: the next lines are told all the same. */
  constructor(worker: string, print: (line: OutputLine) => unknown, warn: (error: unknown) => void) {
    this.#worker = worker;
    this.#print = print;
    this.#warn = warn;
  }

  /** The last 4 KB of stderr. */
  get stderrTail(): string {
    return endOf(this.#tail);
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    if (stream === 'stderr') {
      this.#tail = text.length >= TAIL ? endOf(text) : this.#tail + text;
      if (this.#tail.length > 2 * TAIL) this.#tail = endOf(this.#tail);
    }
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n', start);
      this.#add(stream, end < 0 ? text.slice(start) : text.slice(start, end));
      if (end < 0) return;
      this.#tell(stream);
      start = end + 1;
    }
  }

  /** Prints what has no line end yet. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) if (this.#rest[stream] !== '') this.#tell(stream);
  }

  #add(stream: 'stdout' | 'stderr', part: string): void {
    let left = part;
    for (;;) {
      const room = LONGEST_LINE - this.#rest[stream].length;
      if (left.length <= room) break;
      // No character is cut in two.
      const cut = isHighSurrogate(left, room - 1) ? room - 1 : room;
      this.#rest[stream] += left.slice(0, cut);
      left = left.slice(cut);
      this.#tell(stream);
    }
    this.#rest[stream] += left;
  }

  #tell(stream: 'stdout' | 'stderr'): void {
    const line = this.#rest[stream];
    this.#rest[stream] = '';
    try {
      const told = this.#print({ worker: this.#worker, stream, line });
      if (isPromise(told)) told.then(undefined, (error) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#hasThrown) return;
    this.#hasThrown = true;
    this.#warn(error);
  }
}

function endOf(text: string): string {
  const end = text.slice(-TAIL);
  return end.length < text.length && isHighSurrogate(text, text.length - TAIL - 1) ? end.slice(1) : end;
}

function isHighSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** A function that answers later may fail then. */
function isPromise(told: unknown): told is Promise<unknown> {
  return typeof (told as Partial<Promise<unknown>> | null | undefined)?.then === 'function';
}
