import type { Place } from './errors.ts';
import { type Hash, hashOf, type Rejected } from './goal.ts';
import type { Command } from './lexer.ts';

/** A run of commands of one frame that no push, pop or check interrupts: what is sent, and shared, as one text. */
export interface Chunk {
  readonly text: string;
  readonly hash: Hash;
  readonly place: Place;
  /** The commands that declare or define: what is left of it where declarations outlive their frame. */
  readonly declarations: readonly Command[];
}

interface Frame {
  readonly chunks: Chunk[];
  open: Command[];
  name?: string;
  rejected?: Rejected;
}

const isDeclaration = (command: Command): boolean => /^(declare|define)-/.test(command.head);

/** What stands between two commands of a chunk, blank: lines and columns behind it stay what they are in the file. */
function blank(gap: string): string {
  const lines = gap.split('\n');
  return '\n'.repeat(lines.length - 1) + ' '.repeat((lines.at(-1) as string).length);
}

/**
 * The assertion stack of a document while it is read: frames, each a list of chunks cut where a push, a pop or a check
 * stands, so that goals with a common past share chunks.
 */
export class Frames {
  /** Whether declarations outlive the frame that makes them (`:global-declarations`). */
  globalDeclarations = false;
  readonly #source: string;
  readonly #placeOf: (offset: number) => Place;
  #frames: Frame[] = [{ chunks: [], open: [] }];

  constructor(source: string, placeOf: (offset: number) => Place) {
    this.#source = source;
    this.#placeOf = placeOf;
  }

  /** How many frames were pushed and not popped. */
  get depth(): number {
    return this.#frames.length - 1;
  }

  /** Whether nothing was declared, asserted or pushed yet. */
  get isEmpty(): boolean {
    const base = this.#top();
    return this.depth === 0 && base.chunks.length === 0 && base.open.length === 0;
  }

  /** The name that the innermost named frame has. */
  get name(): string | undefined {
    return this.#frames.findLast((frame) => frame.name !== undefined)?.name;
  }

  set name(name: string) {
    this.#top().name = name;
  }

  /** The first command, outermost frame first, that is not allowed where it stands. */
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

  /** Takes the innermost frame away; the caller has looked at `depth`. */
  pop(): void {
    this.#cut();
    const { chunks } = this.#frames.pop() as Frame;
    this.#survive(chunks, this.#top());
  }

  /** Takes every assertion and every pushed frame away, and the declarations too unless they are global. */
  resetAssertions(): void {
    this.#cut();
    const frames = this.#frames;
    const base: Frame = { chunks: [], open: [] };
    this.#frames = [base];
    for (const frame of frames) this.#survive(frame.chunks, base);
  }

  /** The chunks that stand at this point of the file with their depths, outermost first; ends the chunk in progress. */
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
