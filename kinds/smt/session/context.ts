import type { Engine, RefusedSetting } from '../engine/engine.ts';
import type { Hash } from '../text/goal.ts';
import { infoOf, rejectionsOf } from '../text/reply.ts';
import { emptyStack, type Stack } from '../text/stack.ts';
import type { CheckRequest } from './messages.ts';
import { errorOf, type Part, Refusal } from './refusal.ts';

/** A text to read, with the index of its chunk in the goal, and the number of frames to push before it. */
interface Piece {
  readonly text: string;
  readonly chunk: number;
  readonly pushes: number;
}

// In UTF-16 units. A shorter text can be read again as fast as the solver's memory can be copied.
const worthKeeping = 16_384;

/** Returns whether a solver counts resource units, as Z3 does. */
export const counts = (engine: Engine): boolean => engine.name === 'z3' || engine.name === 'z3-wasm';

/**
 * Returns the resource units that a solver has spent since its context was made; 0 if the solver does not count. In the
 * worker.
 */
export async function spentBy(engine: Engine): Promise<number> {
  if (!counts(engine)) return 0;
  return Number(infoOf((await engine.eval('(get-info :rlimit)')).text, 'rlimit') ?? 0);
}

/**
 * Tracks the texts and settings that a solver has read, and sends it only the texts that a goal still needs. In the
 * worker, one a solver.
 */
export class Context {
  readonly engine: Engine;
  #stack: Stack = emptyStack;
  #settings: Hash | undefined;
  readonly #refused = new Map<Hash, readonly RefusedSetting[]>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Marks the solver's state as unknown: the next goal gets a new context. */
  forget(): void {
    this.#stack = emptyStack;
    this.#settings = undefined;
  }

  /** Returns whether the context matches the state that the request continues. */
  continues({ engine, base, keep, to, settings }: CheckRequest): boolean {
    if (to === undefined) return true;
    const stack = this.#stack.hashes;
    const same = this.engine.name === engine && this.#settings === settings && base.length === stack.length;
    return same && keep <= base.length && to <= this.#stack.depth && base.every((hash, i) => hash === stack[i]);
  }

  /** Returns the settings that the solver refused. */
  refusedOf(settings: Hash): readonly RefusedSetting[] {
    return this.#refused.get(settings) ?? [];
  }

  /**
   * Brings the solver into the state of the goal. `texts` are all texts of the request's `push`. A request that
   * continues is sent to the solver before this method returns its promise.
   *
   * Resolves with the resource units spent before, which do not count for the goal. @throws {Refusal} at a rejected
   * command
   */
  load(request: CheckRequest, texts: readonly string[]): Promise<number> {
    return request.to === undefined ? this.#begin(request, texts) : this.#continue(request, request.to, texts);
  }

  /**
   * Returns the commands that `load` would send, and takes their success for granted: they may stand between others.
   * Their output has the resource units spent before. `undefined` if only `load` brings the solver into the state of the
   * goal. `byTwin`: a new context begins in the other process of the solver.
   */
  commandsTo(request: CheckRequest, texts: readonly string[], byTwin: boolean): string | undefined {
    if (request.to !== undefined) {
      const { pieces, end, before } = this.#next(request, request.to, texts);
      return joined(pieces, before).text + end;
    }
    const reset = this.engine.resetText?.(request, byTwin);
    if (reset === undefined) return undefined;
    const [pieces, end] = piecesOf(texts, request.depths, 0, 0);
    this.#hold(request);
    return joined(pieces, `${reset}\n${this.#spent()}`).text + end;
  }

  async #continue(request: CheckRequest, to: number, texts: readonly string[]): Promise<number> {
    const { pieces, end, before } = this.#next(request, to, texts);
    const printed = await this.#read(pieces, end, before);
    return Number(infoOf(printed, 'rlimit') ?? 0);
  }

  /** Returns the way from the present stack to the goal, which is then the present one. */
  #next(request: CheckRequest, to: number, texts: readonly string[]) {
    const { keep, push, settings, depths } = request;
    const stack = this.#stack;
    const pops = stack.depth - to;
    this.#stack = {
      hashes: [...stack.hashes.slice(0, keep), ...push.map(({ hash }) => hash)],
      depths: [...stack.depths.slice(0, keep), ...depths.slice(0, -1)],
      depth: depths.at(-1) ?? to,
    };
    this.#settings = settings;
    const [pieces, end] = piecesOf(texts, depths, to, keep);
    return { pieces, end, before: `${this.#spent()}${pops > 0 ? `(pop ${pops})\n` : ''}` };
  }

  #spent(): string {
    return counts(this.engine) ? '(get-info :rlimit)\n' : '';
  }

  /** Notes that a new context is in the state of the goal. */
  #hold({ push, depths, settings }: CheckRequest): void {
    this.#stack = { hashes: push.map(({ hash }) => hash), depths: depths.slice(0, -1), depth: depths.at(-1) ?? 0 };
    this.#settings = settings;
  }

  async #begin(request: CheckRequest, texts: readonly string[]): Promise<number> {
    this.forget();
    const [pieces, end] = piecesOf(texts, request.depths, 0, 0);
    const { read, spent } = await this.#beginWith(request, pieces);
    const rest = pieces.slice(read);
    if (rest.length > 0 || end !== '') await this.#read(rest, end);
    this.#hold(request);
    return spent;
  }

  /** Starts a new context. A long first text is read here and its state is saved, because many goals begin with it. */
  async #beginWith(request: CheckRequest, pieces: readonly Piece[]): Promise<{ read: number; spent: number }> {
    const { engine } = this;
    const first = pieces[0];
    const long = pieces.length > 1 && first !== undefined && first.text.length >= worthKeeping ? first : undefined;
    const name = `${request.settings} ${first?.pushes} ${request.push[0]?.hash}`;
    if (long && (await engine.rewind?.(name))) return { read: 1, spent: 0 };
    this.#refused.clear();
    const refused = await engine.reset(request);
    this.#refused.set(request.settings, refused);
    const fatal = refused.find(({ isFatal }) => isFatal);
    if (fatal) {
      throw new Refusal({ type: 'error', message: fatal.message, at: { chunk: 'logic', line: 1, column: 1 } });
    }
    // An engine with checkpoints starts every context at the same count; another reports the earlier use of its
    // process.
    const spent = engine.checkpoint ? 0 : await spentBy(engine);
    if (!long || !engine.checkpoint) return { read: 0, spent };
    await this.#read([long], '');
    await engine.checkpoint(name);
    return { read: 1, spent };
  }

  /**
   * Lets the solver read pieces as one text, between other commands of whole lines. Resolves with its output.
   *
   * @throws {Refusal} at the first command that the solver refuses
   */
  async #read(pieces: readonly Piece[], end: string, before = ''): Promise<string> {
    const { text, parts } = joined(pieces, before);
    const reply = await this.engine.eval(text + end);
    const rejection = rejectionsOf(reply.text)[0];
    if (rejection) throw new Refusal(errorOf(rejection, reply, parts));
    return reply.text;
  }
}

/** Returns pieces as one text, after other commands of whole lines, with the first line of each piece. */
function joined(pieces: readonly Piece[], before: string): { text: string; parts: Part[] } {
  const parts: Part[] = [];
  let text = before;
  let line = before.split('\n').length - 1;
  for (const piece of pieces) {
    if (piece.pushes > 0) {
      text += `(push ${piece.pushes})\n`;
      line++;
    }
    parts.push({ chunk: piece.chunk, line });
    text += `${piece.text}\n`;
    line += piece.text.split('\n').length;
  }
  return { text, parts };
}

/** Returns the texts with the frames that the file pushes before each, and the pushes before the check. */
function piecesOf(
  texts: readonly string[],
  depths: readonly number[],
  from: number,
  keep: number,
): [pieces: Piece[], end: string] {
  let depth = from;
  const rise = (to: number | undefined): number => {
    const pushes = Math.max(0, (to ?? 0) - depth);
    depth += pushes;
    return pushes;
  };
  const pieces = texts.map((text, i) => ({ text, chunk: keep + i, pushes: rise(depths[i]) }));
  const last = rise(depths[texts.length]);
  return [pieces, last === 0 ? '' : `(push ${last})`];
}
