import type { OutputChunk, OutputLine } from '../options/option-types.ts';

/** The length of the end of stderr that is kept. In characters. */
const TAIL = 4096;

/**
 * The longest piece of a line. A longer line is emitted in such pieces, so that an endless line does not fill the
 * memory. In characters.
 */
export const LONGEST_LINE = 2 ** 16;

/** The options that get output. */
type CallbackName = 'onOutput' | 'onChunk';

type Warn = (error: unknown, callback: CallbackName) => void;

/** The functions that get the output of a worker. */
export interface Receivers {
  line(line: OutputLine): unknown;
  chunk?(chunk: OutputChunk): unknown;
}

/** Cuts the output of a worker into lines, and keeps the end of its stderr for the error of its death. */
export class Output {
  readonly #worker: string;
  readonly #to: Receivers;
  readonly #warn: Warn;
  /** The text without a line end yet, up to LONGEST_LINE. */
  readonly #rest = { stdout: '', stderr: '' };
  /**
   * The end of stderr, up to twice the kept length: so each character moves once or twice, however few come at once.
   */
  #tail = '';
  #hasThrown = false;

  /**
   * Calls the functions of `to` with each line and each piece. `warn` gets their first error; they are called with the
   * next ones all the same.
   */
  constructor(worker: string, to: Receivers, warn: Warn) {
    this.#worker = worker;
    this.#to = to;
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
    if (text !== '') this.#call('onChunk', () => this.#to.chunk?.({ worker: this.#worker, stream, text }));
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n', start);
      this.#add(stream, end < 0 ? text.slice(start) : text.slice(start, end));
      if (end < 0) return;
      this.#emit(stream);
      start = end + 1;
    }
  }

  /** Prints the rest, which has no line end. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) if (this.#rest[stream] !== '') this.#emit(stream);
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
      this.#emit(stream);
    }
    this.#rest[stream] += left;
  }

  #emit(stream: 'stdout' | 'stderr'): void {
    const line = this.#rest[stream];
    this.#rest[stream] = '';
    this.#call('onOutput', () => this.#to.line({ worker: this.#worker, stream, line }));
  }

  #call(name: CallbackName, callback: () => unknown): void {
    try {
      const returned = callback();
      if (isPromise(returned)) returned.then(undefined, (error) => this.#fail(name, error));
    } catch (error) {
      this.#fail(name, error);
    }
  }

  #fail(name: CallbackName, error: unknown): void {
    if (this.#hasThrown) return;
    this.#hasThrown = true;
    this.#warn(error, name);
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

/** Returns whether a value is a promise: the function that returned it may still fail. */
function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Partial<Promise<unknown>> | null | undefined)?.then === 'function';
}
