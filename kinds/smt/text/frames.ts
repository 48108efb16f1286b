import type { Place } from './errors.ts';
import { type Hash, hashOf, type Rejected } from './goal.ts';
import type { Command } from './lexer.ts';

/** A run of commands of one frame without a push, pop or check between them. It is sent and shared as one text. */
export interface Chunk {
  readonly text: string;
  readonly hash: Hash;
  readonly place: Place;
  /** The commands that declare or define. They remain if declarations outlive their frame. */
  readonly declarations: readonly Command[];
}

interface Frame {
  readonly chunks: Chunk[];
  open: Command[];
  name?: string;
  rejected?: Rejected;
}

const isDeclaration = (command: Command): boolean => /^(declare|define)-/.test(command.head);

/**
 * Returns the text between two commands of a chunk as blanks, so that lines and columns after it stay as in the file.
 */
function blank(gap: string): string {
  const lines = gap.split('\n');
  return '\n'.repeat(lines.length - 1) + ' '.repeat((lines.at(-1) as string).length);
}

/**
 * The assertion stack of a document while it is read. Each frame is a list of chunks. A push, a pop or a check ends a
 * chunk, so that goals with a common prefix share chunks.
 */
export class Frames {
  /** Is `true` if declarations outlive their frame (`:global-declarations`). */
  globalDeclarations = false;
  readonly #source: string;
  readonly #placeOf: (offset: number) => Place;
  #frames: Frame[] = [{ chunks: [], open: [] }];

  constructor(source: string, placeOf: (offset: number) => Place) {
    this.#source = source;
    this.#placeOf = placeOf;
  }

  /** The number of frames that were pushed and not popped. */
  get depth(): number {
    return this.#frames.length - 1;
  }

  /** Is `true` before the first declaration, assertion or push. */
  get isEmpty(): boolean {
    const base = this.#top();
    return this.depth === 0 && base.chunks.length === 0 && base.open.length === 0;
  }

  /** The name of the innermost named frame. */
  get name(): string | undefined {
    return this.#frames.findLast((frame) => frame.name !== undefined)?.name;
  }

  set name(name: string) {
    this.#top().name = name;
  }

  /** The first command, outermost frame first, that is not allowed at its place. */
  get rejected(): Rejected | undefined {
    return this.#frames.find((frame) => frame.rejected !== undefined)?.rejected;
  }

  reject(rejected: Rejected): void {
    this.#top().rejected ??= rejected;
  }

  add(command: Command): void {
    this.#top().open.push(command);
  }

  push(): void {
    this.#cut();
    this.#frames.push({ chunks: [], open: [] });
  }

  /** Removes the innermost frame. The caller must check `depth` first. */
  pop(): void {
    this.#cut();
    const { chunks } = this.#frames.pop() as Frame;
    this.#survive(chunks, this.#top());
  }

  /** Removes every assertion and every pushed frame, and also the declarations unless they are global. */
  resetAssertions(): void {
    this.#cut();
    const frames = this.#frames;
    const base: Frame = { chunks: [], open: [] };
    this.#frames = [base];
    for (const frame of frames) this.#survive(frame.chunks, base);
  }

  /** Returns the chunks at this point of the file with their depths, outermost first. Ends the chunk in progress. */
  snapshot(): { chunk: Chunk; depth: number }[] {
    this.#cut();
    return this.#frames.flatMap((frame, depth) => frame.chunks.map((chunk) => ({ chunk, depth })));
  }

  #top(): Frame {
    return this.#frames.at(-1) as Frame;
  }

  #cut(): void {
    const top = this.#top();
    if (top.open.length > 0) top.chunks.push(this.#chunk(top.open));
    top.open = [];
  }

  #survive(chunks: readonly Chunk[], into: Frame): void {
    if (!this.globalDeclarations) return;
    for (const { declarations } of chunks) if (declarations.length > 0) into.chunks.push(this.#chunk(declarations));
  }

  #chunk(commands: readonly Command[]): Chunk {
    const first = commands[0] as Command;
    let text = '';
    let end = first.start;
    for (const command of commands) {
      text += blank(this.#source.slice(end, command.start)) + this.#source.slice(command.start, command.end);
      end = command.end;
    }
    return {
      text,
      hash: hashOf(text),
      place: this.#placeOf(first.start),
      declarations: commands.filter(isDeclaration),
    };
  }
}
