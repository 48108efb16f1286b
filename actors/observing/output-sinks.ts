import type { Readable } from 'node:stream';
import type { OutputChunk, OutputLine } from '../options/option-types.ts';

/** The most text that a stream keeps for its reader. In characters. */
const MOST = 2 ** 24;

/** The places where the output of a pool's workers goes: the functions of its options, and the streams of its callers. */
export class OutputSinks {
  readonly #onOutput: ((line: OutputLine) => void) | undefined;
  readonly #onChunk: ((chunk: OutputChunk) => void) | undefined;
  readonly #streams: { stdout?: Readable; stderr?: Readable } = {};
  readonly #isFull = { stdout: false, stderr: false };
  #isOver = false;

  constructor(onOutput: ((line: OutputLine) => void) | undefined, onChunk: ((chunk: OutputChunk) => void) | undefined) {
    this.#onOutput = onOutput;
    this.#onChunk = onChunk;
  }

  /** Passes a line on. Lines are printed if nobody else gets the output. */
  readonly line = (line: OutputLine): unknown => {
    if (this.#onOutput !== undefined) return this.#onOutput(line);
    if (this.#onChunk === undefined && this.#streams[line.stream] === undefined) printLine(line);
    return undefined;
  };

  /** Passes a piece on. */
  readonly chunk = (chunk: OutputChunk): unknown => {
    this.#push(chunk);
    return this.#onChunk?.(chunk);
  };

  /** Returns the stream of the output from now on. The first call makes it. */
  stream(name: 'stdout' | 'stderr'): Readable {
    const known = this.#streams[name];
    if (known !== undefined) return known;
    // Loaded here: most programs read no stream.
    const { Readable } = process.getBuiltinModule('node:stream');
    const stream = new Readable({
      encoding: 'utf8',
      read: () => {
        this.#isFull[name] = false;
      },
    });
    this.#streams[name] = stream;
    if (this.#isOver) stream.push(null);
    return stream;
  }

  /** Ends the streams: all workers are gone. */
  end(): void {
    this.#isOver = true;
    for (const stream of Object.values(this.#streams)) stream.push(null);
  }

  #push({ stream: name, text }: OutputChunk): void {
    const stream = this.#streams[name];
    if (stream === undefined || stream.destroyed || this.#isFull[name]) return;
    stream.push(text);
    if (stream.readableLength <= MOST) return;
    // Nobody reads. More would only fill the memory.
    this.#isFull[name] = true;
    process.emitWarning(`nobody reads pool.${name}: its output is lost from now on, until it is read`, {
      code: 'STATEPOOL_OUTPUT',
    });
  }
}

function printLine({ worker, stream, line }: OutputLine): void {
  process[stream].write(`[${worker}] ${line}\n`);
}
