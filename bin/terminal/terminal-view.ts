import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import type { SupervisorActor } from '../../actors/inspection.ts';
import { inspectPool } from '../../actors/inspection.ts';
import { clearInterval, setInterval } from '../../actors/tooling.ts';
import type { CompetenceView } from '../../inspect/messages.ts';
import { LivePoolView } from '../../inspect/view/pool-view.ts';
import { harmless } from './terminal.ts';

/** The time between two drawings. In ms. */
const TURN = 200;
/** The most tasks of the queue that are named. */
const NAMED = 3;

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
/**
 * The codes around a drawing that stop and restart the wrapping of lines. Only lines of the drawing are cut, never
 * results.
 */
const CUT = '\u001b[?7l';
const BREAK = '\u001b[?7h';

/** The part of a pool that a drawing needs. */
interface Watched {
  readonly actor: SupervisorActor;
  readonly stats: unknown;
}

type Write = typeof process.stderr.write;

/**
 * Draws a pool in place on the terminal of stderr: its numbers, its workers, the head of its queue. Other output
 * appears above the drawing.
 */
export class Watch {
  /** The current drawing: a terminal has room for only one. */
  static #current: Watch | undefined;

  readonly #view: LivePoolView;
  readonly #timer: NodeJS.Timeout;
  readonly #stderr = process.stderr.write;
  readonly #stdout = process.stdout.write;
  readonly #colors = picocolors.createColors(process.env.NO_COLOR === undefined);
  readonly #onExit = () => this.stop();
  /** The text of the drawing, and its number of lines on the screen. */
  #text = '';
  #height = 0;
  /**
   * Is `true` if the last output did not end its line. A drawing would start in the middle of this line and erase it.
   */
  #isMidLine = false;

  private constructor(pool: Watched) {
    this.#view = new LivePoolView(inspectPool(pool), pool.actor);
    this.#timer = setInterval(() => this.#draw(), TURN);
    this.#timer.unref();
    process.on('exit', this.#onExit);
    // A visible cursor would jump at each drawing.
    this.#raw(HIDE);
    process.stderr.write = this.#above(process.stderr, this.#stderr);
    if (process.stdout.isTTY) process.stdout.write = this.#above(process.stdout, this.#stdout);
    this.#draw();
  }

  /** Starts to draw this pool. Returns `undefined` if stderr is no terminal. */
  static over(pool: Watched): Watch | undefined {
    if (!process.stderr.isTTY) return undefined;
    Watch.#current?.stop();
    Watch.#current = new Watch(pool);
    return Watch.#current;
  }

  /** Removes the drawing and shows the cursor again. */
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
    if (this.#isMidLine) return;
    // Some terminals do not know their size and report 0.
    const columns = process.stderr.columns || 80;
    const lines = this.#lines(Math.max(1, (process.stderr.rows || 24) - 4));
    const text = lines.map((line) => `${cut(line, columns)}\n`).join('');
    this.#raw(`${this.#erasing()}${CUT}${text}${BREAK}`);
    this.#text = text;
    this.#height = lines.length;
  }

  #lines(most: number): string[] {
    const { pool, header, actors, queue } = this.#view.full();
    const { bold, red, dim } = this.#colors;
    const { state, waiting, running, done, failed, rate, problem, competence } = header;
    const numbers = `${waiting} waiting, ${running} running, ${done} done, ${failed} failed, ${rate}/s`;
    const workers = actors
      .filter((actor) => actor.machine === 'worker' && actor.state !== 'dead')
      .map((actor) => ({ ...actor, id: plain(actor.id) }));
    const width = Math.max(0, ...workers.map(({ id }) => id.length));
    const lines = workers.map(
      ({ id, state, tasks = 0, task = '' }) =>
        `  ${id.padEnd(width)} ${state.padEnd(5)} ${String(tasks).padStart(7)} ${dim(plain(task))}`,
    );
    const room = competence === undefined ? most : Math.max(1, most - 1);
    const more = lines.length - room;
    if (more > 0) lines.splice(room - 1, lines.length, `  and ${more + 1} more workers`);
    const names = queue.head.slice(0, NAMED).map(({ name }) => plain(name));
    return [
      `${bold(plain(pool.kind))} ${problem === undefined ? state : red(state)}: ${numbers}`,
      ...(competence === undefined ? [] : [dim(`  ${wordsOf(competence)}`)]),
      ...lines,
      ...(names.length === 0 ? [] : [dim(`  next: ${names.join(', ')}${waiting > names.length ? ', ...' : ''}`)]),
    ];
  }

  #above(stream: NodeJS.WriteStream, write: Write): Write {
    return ((...args: Parameters<Write>) => {
      const [chunk] = args;
      if (chunk.length === 0) return write.apply(stream, args);
      const height = lineCount(this.#text);
      this.#raw(this.#erasing());
      const answer = write.apply(stream, args);
      const last = chunk.at(-1);
      this.#isMidLine = last !== '\n' && last !== 0x0a;
      if (this.#isMidLine) return answer;
      // The old text is enough: the timer draws new numbers later, however much is written.
      this.#raw(`${CUT}${this.#text}${BREAK}`);
      this.#height = height;
      return answer;
    }) as Write;
  }

  /**
   * Returns the codes that go back to the start of the drawing and erase it; empty if there is none. Marks the drawing
   * as gone.
   */
  #erasing(): string {
    if (this.#height === 0) return '';
    const up = `\u001b[${this.#height}A`;
    this.#height = 0;
    return `\r${up}\u001b[J`;
  }

  #raw(text: string): void {
    this.#stderr.call(process.stderr, text);
  }
}

/** Returns the figures on competences on one line. */
function wordsOf({ hits, fresh, switches, rooms, meanCost, meanWork }: CompetenceView): string {
  const counts = `${hits} hits, ${fresh} fresh, ${switches} switches, ${rooms} rooms`;
  return `competence: ${counts}, ${meanCost} ms to learn, ${meanWork} ms a task`;
}

/** Returns a text on one line without terminal commands. */
function plain(text: string): string {
  return harmless(stripVTControlCharacters(text)).replaceAll(/\s+/g, ' ');
}

function lineCount(text: string): number {
  return text.split('\n').length - 1;
}

/** Returns a line that is shorter than the number of columns. Colours do not count; a line that is cut loses them. */
function cut(line: string, columns: number): string {
  return stripVTControlCharacters(line).length < columns ? line : stripVTControlCharacters(line).slice(0, columns - 1);
}
