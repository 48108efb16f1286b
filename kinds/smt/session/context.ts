import type { Engine } from '../engine/engine.ts';
import type { Hash } from '../text/goal.ts';
import { infoOf, rejectionsOf } from '../text/reply.ts';
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

/**
 * Returns the resource units that a solver has spent since its context was made; 0 if the solver does not count. In the
 * worker.
 */
export async function spentBy(engine: Engine): Promise<number> {
  if (engine.name === 'cvc5') return 0;
  return Number(infoOf((await engine.eval('(get-info :rlimit)')).text, 'rlimit') ?? 0);
}

/**
 * Tracks the texts and settings that a solver has read, and sends it only the texts that a goal still needs. In the
 * worker, one a solver.
 */
export class Context {
  readonly engine: Engine;
  #stack: readonly Hash[] = [];
  #settings: Hash | undefined;
  readonly #refused = new Map<Hash, readonly string[]>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Marks the solver's state as unknown: the next goal gets a new context. */
  forget(): void {
    this.#stack = [];
    this.#settings = undefined;
  }

  /** Returns whether the context matches the state that the request continues. */
  continues({ engine, base, keep, settings }: CheckRequest): boolean {
    if (keep === 0) return true;
    const same = this.engine.name === engine && this.#settings === settings && base.length === this.#stack.length;
    return same && keep <= base.length && base.every((hash, i) => hash === this.#stack[i]);
  }

  /** Returns the solver's messages about refused options of these settings. */
  warnings(settings: Hash): readonly string[] {
    return this.#refused.get(settings) ?? [];
  }

  /**
   * Brings the solver into the state of the goal. `texts` are all texts of the request's `push`.
   *
   * Resolves with the resource units spent before, which do not count for the goal. @throws {Refusal} at a rejected
   * command
   */
  async load(request: CheckRequest, texts: readonly string[]): Promise<number> {
    return request.keep > 0 ? this.#continue(request, texts) : this.#begin(request, texts);
  }

  async #continue({ keep, base, push, settings }: CheckRequest, texts: readonly string[]): Promise<number> {
    const spent = await spentBy(this.engine);
    this.forget();
    if (base.length > keep) await this.#read([], `(pop ${base.length - keep})`);
    const pieces = texts.map((text, i) => ({ text, chunk: keep + i, pushes: 1 }));
    if (pieces.length > 0) await this.#read(pieces, '');
    this.#stack = [...base.slice(0, keep), ...push.map(({ hash }) => hash)];
    this.#settings = settings;
    return spent;
  }

  async #begin(request: CheckRequest, texts: readonly string[]): Promise<number> {
    this.forget();
    const incremental = request.mode === 'incremental';
    // In an incremental context every text has its own frame, so that it can be popped.
    const depth = (i: number) => (i < 0 ? 0 : incremental ? i + 1 : (request.depths[i] ?? 0));
    const rises = (i: number) => Math.max(0, depth(i) - depth(i - 1));
    const pieces = texts.map((text, chunk) => ({ text, chunk, pushes: rises(chunk) }));
    const end = incremental || rises(texts.length) === 0 ? '' : `(push ${rises(texts.length)})`;
    const { read, spent } = await this.#beginWith(request, pieces);
    const rest = pieces.slice(read);
    if (rest.length > 0 || end !== '') await this.#read(rest, end);
    if (incremental) this.#stack = request.push.map(({ hash }) => hash);
    this.#settings = request.settings;
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
    this.#refused.set(request.settings, await engine.reset(request));
    // An engine with checkpoints starts every context at the same count; another reports the earlier use of its
    // process.
    const spent = engine.checkpoint ? 0 : await spentBy(engine);
    if (!long || !engine.checkpoint) return { read: 0, spent };
    await this.#read([long], '');
    await engine.checkpoint(name);
    return { read: 1, spent };
  }

  /** Lets the solver read pieces as one text. @throws {Refusal} at the first command that the solver refuses */
  async #read(pieces: readonly Piece[], end: string): Promise<void> {
    const parts: Part[] = [];
    let text = '';
    let line = 0;
    for (const piece of pieces) {
      if (piece.pushes > 0) {
        text += `(push ${piece.pushes})\n`;
        line++;
      }
      parts.push({ chunk: piece.chunk, line });
      text += `${piece.text}\n`;
      line += piece.text.split('\n').length;
    }
    const reply = await this.engine.eval(text + end);
    const rejection = rejectionsOf(reply.text)[0];
    if (rejection) throw new Refusal(errorOf(rejection, reply, parts));
  }
}
