import { type Place, SmtSyntaxError } from './errors.ts';
import { Frames } from './frames.ts';
import { type Expected, type Goal, hashOf, type SmtOption } from './goal.ts';
import { type Command, commandsOf, elementsOf, placesOf, unquoted, unstringed } from './lexer.ts';

/** A note about a command that may have another effect than its file intends. */
export interface DocumentNote extends Place {
  readonly message: string;
}

/** An SMT-LIB file as its goals, in the file's order. */
export interface SmtDocument {
  /** The name that `readDocument` was given. */
  readonly file: string;
  readonly goals: readonly Goal[];
  readonly notes: readonly DocumentNote[];
}

// These commands answer and change nothing: no goal needs them.
const silent = /^(get-.*|echo|display|eval|simplify|apply|labels|help|help-tactic|dbg-.*)$/;
// The questions about a verdict. A model comes with each verdict `sat`, and a reason with each `unknown`.
const asking =
  /^(get-unsat-core|get-unsat-assumptions|get-value|get-objectives|get-assignment|get-proof|eval|simplify)$/;
const globalDeclarations = /^:(global-decls|global-declarations)$/;
// These options say how answers are printed: the session reads the answers itself.
const printing = /^:(print-success|regular-output-channel|diagnostic-output-channel)$/;
/**
 * The most levels of the assertion stack. A deeper stack is a mistake; each level takes memory, here and in the solver.
 */
const MOST_LEVELS = 100_000;
const naming = /^:(goal|name|.*-id)$/;

class Reader {
  readonly goals: Goal[] = [];
  readonly notes: DocumentNote[] = [];
  readonly #file: string;
  readonly #text: string;
  readonly #placeOf: (offset: number) => Place;
  #frames: Frames;
  #options = new Map<string, string>();
  #optionsAt = new Map<string, Place>();
  #logicAt: Place | undefined;
  #logic: string | undefined;
  #expected: Expected | undefined;
  /** The questions after the last check; `undefined` if the state is another one since. */
  #asks: string[] | undefined;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    this.#placeOf = placesOf(text);
    this.#frames = new Frames(text, this.#placeOf);
  }

  /** Reads one command. Returns `false` at `(exit)`. */
  take(command: Command): boolean {
    const { head } = command;
    if (head === 'exit') return false;
    if (!silent.test(head) && !/^set-/.test(head)) this.#asks = undefined;
    if (head === 'check-sat' || head === 'check-sat-assuming' || head === 'check-sat-using') this.#check(command);
    else if (head === 'push') this.#push(command);
    else if (head === 'pop') this.#pop(command);
    else if (head === 'set-option') this.#setOption(command);
    else if (head === 'set-info') this.#setInfo(command);
    else if (head === 'set-logic') this.#setLogic(command);
    else if (head === 'reset') this.#reset();
    else if (head === 'reset-assertions') this.#frames.resetAssertions();
    else if (!silent.test(head)) this.#frames.add(command);
    else if (asking.test(head)) this.#ask(command);
    return true;
  }

  #source({ start, end }: Command): string {
    return this.#text.slice(start, end);
  }

  #check(command: Command): void {
    const standing = this.#frames.snapshot();
    const chunks = standing.map(({ chunk }) => chunk);
    const hashes = chunks.map((chunk) => chunk.hash);
    const depths = [...standing.map(({ depth }) => depth), this.#frames.depth];
    const options: SmtOption[] = [...this.#options];
    const settings = hashOf(JSON.stringify([this.#logic, options]));
    const check = this.#source(command);
    const index = this.goals.length;
    const { name, rejected } = this.#frames;
    const asks: string[] = [];
    this.#asks = asks;
    this.goals.push({
      file: this.#file,
      index,
      ...this.#placeOf(command.start),
      ...(name === undefined ? {} : { name }),
      chunks: chunks.map((chunk) => chunk.text),
      hashes,
      places: chunks.map((chunk) => chunk.place),
      depths,
      check,
      ...(this.#logic === undefined ? {} : { logic: this.#logic }),
      ...(this.#logicAt === undefined ? {} : { logicAt: this.#logicAt }),
      options,
      optionsAt: [...this.#optionsAt.values()],
      settings,
      ...(this.#expected === undefined ? {} : { expected: this.#expected }),
      ...(rejected === undefined ? {} : { rejected }),
      asks,
      key: hashOf(JSON.stringify([this.#file, index, hashes, depths, settings, check])),
    });
    this.#expected = undefined;
  }

  #ask(command: Command): void {
    if (this.#asks !== undefined) return void this.#asks.push(this.#source(command));
    const message = `${command.head} does not stand right after a check and has no effect`;
    this.notes.push({ ...this.#placeOf(command.start), message });
  }

  #levels(command: Command): number {
    const [, levels = '1', ...more] = elementsOf(this.#source(command));
    if (/^\d+$/.test(levels) && more.length === 0) return Number(levels);
    throw this.#problem(
      command,
      `${command.head} takes one numeral, not '${[levels, ...more].join(' ').slice(0, 40)}'`,
    );
  }

  #push(command: Command): void {
    const levels = this.#levels(command);
    const { depth } = this.#frames;
    if (depth + levels > MOST_LEVELS) {
      throw this.#problem(
        command,
        `push of ${levels} levels after ${depth}: at most ${MOST_LEVELS} levels are allowed`,
      );
    }
    for (let n = levels; n > 0; n--) this.#frames.push();
  }

  #pop(command: Command): void {
    const levels = this.#levels(command);
    const { depth } = this.#frames;
    if (levels > depth) throw this.#problem(command, `pop of ${levels} levels, but only ${depth} were pushed`);
    for (let n = levels; n > 0; n--) this.#frames.pop();
  }

  #setOption(command: Command): void {
    const [, name = '', value = 'true'] = elementsOf(this.#source(command));
    if (printing.test(name)) return;
    if (!globalDeclarations.test(name)) {
      this.#options.set(name, value);
      this.#optionsAt.set(name, this.#placeOf(command.start));
    }
    // SMT-LIB and Z3 accept the option only before the first declaration: a later one has no effect.
    else if (this.#frames.isEmpty) this.#frames.globalDeclarations = value === 'true';
    else if (this.#frames.globalDeclarations !== (value === 'true')) {
      const message = `${name} is set after the first declaration, assertion or push and has no effect`;
      this.notes.push({ ...this.#placeOf(command.start), message });
    }
  }

  #setInfo(command: Command): void {
    const [, keyword = '', value = ''] = elementsOf(this.#source(command));
    if (keyword === ':status') {
      const status = unquoted(value);
      if (status === 'sat' || status === 'unsat' || status === 'unknown') this.#expected = status;
    } else if (naming.test(keyword)) this.#frames.name = unstringed(value);
  }

  /**
   * Rejects a late logic before a solver reads it: Z3 in WebAssembly would accept it and lose all earlier assertions.
   */
  #setLogic(command: Command): void {
    const [, logic] = elementsOf(this.#source(command));
    if (this.#frames.isEmpty && this.#logic === undefined && logic !== undefined) {
      this.#logic = logic;
      this.#logicAt = this.#placeOf(command.start);
    } else {
      const late = 'set-logic is allowed once, before the first declaration, assertion or push';
      this.#frames.reject({ ...this.#placeOf(command.start), message: late });
    }
  }

  #reset(): void {
    this.#frames = new Frames(this.#text, this.#placeOf);
    this.#options = new Map();
    this.#optionsAt = new Map();
    this.#logic = undefined;
    this.#logicAt = undefined;
  }

  #problem(command: Command, problem: string): SmtSyntaxError {
    return new SmtSyntaxError(this.#file, this.#placeOf(command.start), problem);
  }
}

/**
 * Reads an SMT-LIB text into its goals, one a check. In the master, once a file; text after `(exit)` is not read.
 *
 * `file` is the name in goals and errors. `(set-info :status ...)` applies only to the next check.
 *
 * @throws {SmtSyntaxError} at an unbalanced parenthesis, an unterminated string or quoted symbol, text outside of
 * parentheses, a pop of more levels than were pushed, and more than 100,000 levels
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * import { readDocument } from 'statepool/kinds';
 *
 * const { goals, notes } = readDocument(readFileSync('a.smt2', 'utf8'), 'a.smt2');
 */
export function readDocument(text: string, file: string): SmtDocument {
  const reader = new Reader(text, file);
  for (const command of commandsOf(text, file)) if (!reader.take(command)) break;
  return { file, goals: reader.goals, notes: reader.notes };
}
