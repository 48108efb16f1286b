import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { coreOf } from '../actors/core-of.ts';
import { clearInterval, setInterval } from '../actors/platform.ts';
import type { SupervisorActor } from '../actors/supervisor.ts';
import { Scene } from '../inspect/scene.ts';

/** Between two drawings. In ms. */
const TURN = 200;
/** How many tasks of the queue are named. */
const NAMED = 3;

const HIDE = '\u001b[?25l\u001b[?7l';
const SHOW = '\u001b[?7h\u001b[?25h';

type Write = typeof process.stderr.write;

/**
 * Draws a pool on the terminal that stderr is, in place: its numbers, its workers, the head of its queue. What is written
 * meanwhile stands above the drawing.
 */
export class Watch {
  /** The one that draws: a terminal has room for one. */
  static #current: Watch | undefined;

  readonly #scene: Scene;
  readonly #timer: NodeJS.Timeout;
  readonly #stderr = process.stderr.write;
  readonly #stdout = process.stdout.write;
  readonly #colors = picocolors.createColors(process.env.NO_COLOR === undefined);
  readonly #onExit = () => this.stop();
  /** What stands there, and how many lines that are. */
  #text = '';
  #height = 0;

  private constructor(pool: { readonly actor: SupervisorActor }) {
    this.#scene = new Scene(coreOf(pool), pool.actor);
    this.#timer = setInterval(() => this.#draw(), TURN);
    this.#timer.unref();
    process.on('exit', this.#onExit);
    // The cursor would dance, and a long name would break its line.
    this.#raw(HIDE);
    process.stderr.write = this.#above(process.stderr, this.#stderr);
    if (process.stdout.isTTY) process.stdout.write = this.#above(process.stdout, this.#stdout);
    this.#draw();
  }

  /** Draws this pool from now on; `undefined` where stderr is no terminal. */
  static over(pool: { readonly actor: SupervisorActor }): Watch | undefined {
    if (!process.stderr.isTTY) return undefined;
    Watch.#current?.stop();
    Watch.#current = new Watch(pool);
    return Watch.#current;
  }

  /** Takes the drawing away, and gives the cursor back. */
  stop(): void {
    if (Watch.#current !== this) return;
    Watch.#current = undefined;
    clearInterval(this.#timer);
    process.off('exit', this.#onExit);
    process.stderr.write = this.#stderr;
    process.stdout.write = this.#stdout;
    this.#raw(this.#erasing() + SHOW);
  }

  #draw(): void {
    // Some terminals do not know how large they are, and say 0.
    const columns = process.stderr.columns || 80;
    const lines = this.#lines(Math.max(1, (process.stderr.rows || 24) - 4));
    const before = this.#erasing();
    this.#text = lines.map((line) => `${cut(line, columns)}\n`).join('');
    this.#raw(before + this.#text);
    this.#height = lines.length;
  }

  #lines(most: number): string[] {
    const { pool, header, actors, queue } = this.#scene.full();
    const { bold, red, dim } = this.#colors;
    const { state, waiting, running, done, failed, rate, problem } = header;
    const numbers = `${waiting} waiting, ${running} running, ${done} done, ${failed} failed, ${rate}/s`;
    const workers = actors.filter((actor) => actor.machine === 'worker' && actor.state !== 'dead');
    const width = Math.max(0, ...workers.map(({ id }) => id.length));
    const lines = workers.map(
      ({ id, state, tasks = 0, task = '' }) =>
        `  ${id.padEnd(width)} ${state.padEnd(5)} ${String(tasks).padStart(7)} ${dim(plain(task))}`,
    );
    const more = lines.length - most;
    if (more > 0) lines.splice(most - 1, lines.length, `  and ${more + 1} more workers`);
    const names = queue.head.slice(0, NAMED).map(({ name }) => plain(name));
    return [
      `${bold(pool.kind)} ${problem === undefined ? state : red(state)}: ${numbers}`,
      ...lines,
      ...(names.length === 0 ? [] : [dim(`  next: ${names.join(', ')}${waiting > names.length ? ', ...' : ''}`)]),
    ];
  }

  #above(stream: NodeJS.WriteStream, write: Write): Write {
    return ((...args: Parameters<Write>) => {
      const height = this.#height;
      this.#raw(this.#erasing());
      const answer = write.apply(stream, args);
      // As it was: the next turn looks anew, however much is written.
      this.#raw(this.#text);
      this.#height = height;
      return answer;
    }) as Write;
  }

  /** Back to where the drawing begins; it is gone then. */
  #erasing(): string {
    const up = this.#height === 0 ? '' : `\u001b[${this.#height}A`;
    this.#height = 0;
    return `\r${up}\u001b[J`;
  }

  #raw(text: string): void {
    this.#stderr.call(process.stderr, text);
  }
}

/** A text that neither breaks its line nor commands the terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through.
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** A line of at most so many characters; its colours count for nothing and are closed by what they end with. */
function cut(line: string, columns: number): string {
  return stripVTControlCharacters(line).length < columns ? line : stripVTControlCharacters(line).slice(0, columns - 1);
}
