import type { RocqOptions } from '../text/document.ts';
import { RocqError } from './errors.ts';
import { findEngine } from './find-engine.ts';
import { EngineProcess } from './process.ts';
import { childOf, escaped, findIn, textOf, type XmlNode } from './xml.ts';

/** An error of the engine. `start` and `end` count the bytes of its sentence. */
export interface Failure {
  /** The state that could not be reached; `undefined` if the sentence was refused before it had one. */
  readonly state?: number;
  readonly message: string;
  readonly start?: number;
  readonly end?: number;
}

/** The answer of the engine to a call that failed. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The place of the engine in its file. */
export interface EngineStatus {
  /** The names of the file's module and of the open modules and sections. */
  readonly blocks: readonly string[];
  /** The name of the open proof. */
  readonly proof: string | undefined;
}

const FLAGS = ['-main-channel', 'stdfds', '-q', '-async-proofs', 'off'];
// With them an error ends a proof, as in coqc: the engine would go on behind it.
const NO_RESILIENCE = ['-async-proofs-command-error-resilience', 'off', '-async-proofs-tactic-error-resilience', 'off'];

/** A running `coqidetop`: sentences are added to its tip, and executed when its status is asked. In the worker. */
export class RocqEngine {
  readonly #process: EngineProcess;
  #failures: Failure[] = [];
  #messages: string[] = [];
  #tip = 0;

  private constructor(process: EngineProcess) {
    this.#process = process;
  }

  /** Starts an engine. @throws {RocqError} ROCQ_MISSING, or ROCQ_DIED with its words if it refuses its flags */
  static async start(options: RocqOptions): Promise<RocqEngine> {
    try {
      return await RocqEngine.#startWith(options, NO_RESILIENCE);
    } catch (error) {
      // A later version may have no such flags: its errors are then found in its feedback alone.
      if (!(error instanceof RocqError) || !error.message.includes('resilience')) throw error;
      return RocqEngine.#startWith(options, []);
    }
  }

  static async #startWith({ program, args = [], file, folder }: RocqOptions, more: string[]): Promise<RocqEngine> {
    const top = file === undefined ? [] : ['-topfile', file];
    const flags = [...FLAGS, ...more, ...top, ...args];
    const child = new EngineProcess(findEngine(program), flags, folder, (node) => engine.#feedback(node));
    const engine = new RocqEngine(child);
    engine.#tip = numberOf(await engine.#call('Init', '<option val="none"/>'));
    return engine;
  }

  /** The state behind the last sentence that was added. */
  get tip(): number {
    return this.#tip;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isGone(): boolean {
    return this.#process.isGone;
  }

  /** The errors since the last `rewind`, in the order in which they came. */
  get failures(): readonly Failure[] {
    return this.#failures;
  }

  /** Adds a sentence, and returns its state. Most sentences are executed later. @throws {Refusal} */
  async add(text: string): Promise<number> {
    const sentence = `<pair><string>${escaped(text)}</string><int>-1</int></pair>`;
    const at = `<pair><state_id val="${this.#tip}"/><bool val="false"/></pair>`;
    const places = '<pair><int>0</int><int>0</int></pair>';
    const answer = await this.#call(
      'Add',
      `<pair><pair><pair>${sentence}${at}</pair><int>0</int></pair>${places}</pair>`,
    );
    this.#tip = numberOf(findIn(answer, 'state_id'));
    return this.#tip;
  }

  /** Goes back to a state. Returns `false` if the state is in a closed proof: the engine then holds more than asked. */
  async rewind(state: number): Promise<boolean> {
    this.#failures = [];
    const answer = await this.#call('Edit_at', `<state_id val="${state}"/>`);
    this.#tip = state;
    return findIn({ ...answer, children: [answer] }, 'union')?.attributes.val !== 'in_r';
  }

  /** Executes all sentences; `join` also checks the closed proofs. @throws {Refusal} for the first error in the text */
  async status(join: boolean): Promise<EngineStatus> {
    let answer: XmlNode;
    try {
      answer = await this.#call('Status', `<bool val="${join}"/>`);
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(this.#first() ?? error.failure);
      throw error;
    }
    // The engine may answer well although a sentence failed.
    const first = this.#first();
    if (first) throw new Refusal(first);
    const [path, proof] = answer.children as XmlNode[];
    const name = proof?.attributes.val === 'some' ? textOf(proof) : undefined;
    return { blocks: (path?.children ?? []).map(textOf), proof: name };
  }

  /** Returns the messages of a command that changes nothing, at a state. @throws {Refusal} */
  async query(text: string, state = this.#tip): Promise<string> {
    this.#messages = [];
    const failures = this.#failures;
    const query = `<pair><string>${escaped(text)}</string><state_id val="${state}"/></pair>`;
    try {
      await this.#call('Query', `<pair><route_id val="0"/>${query}</pair>`);
      return this.#messages.join('\n');
    } finally {
      // An error of the question is none of the file.
      this.#failures = failures;
    }
  }

  /** Kills the engine; a pending call rejects with this error. */
  kill(reason: RocqError): void {
    this.#process.kill(reason);
  }

  /** Returns its resident memory in bytes; 0 if the system does not report it. */
  rss(): number {
    return this.#process.rss();
  }

  /** Returns the first error in the text: states are numbered in the order in which sentences were added. */
  #first(): Failure | undefined {
    return this.#failures.reduce<Failure | undefined>(
      (first, each) => (first === undefined || (each.state ?? 0) < (first.state ?? 0) ? each : first),
      undefined,
    );
  }

  async #call(name: string, argument: string): Promise<XmlNode> {
    const value = await this.#process.call(name, argument);
    const [answer] = value.children.filter((child): child is XmlNode => typeof child !== 'string');
    if (value.attributes.val === 'good') return answer ?? { tag: 'unit', attributes: {}, children: [] };
    const text = childOf(value, 'richpp') ?? value;
    throw new Refusal({ message: textOf(text).trim(), ...rangeOf(value.attributes.loc_s, value.attributes.loc_e) });
  }

  #feedback(node: XmlNode): void {
    const content = childOf(node, 'feedback_content');
    if (content?.attributes.val !== 'message') return;
    const message = childOf(content, 'message');
    if (!message) return;
    const level = childOf(message, 'message_level')?.attributes.val;
    const text = textOf(message.children.at(-1)).trim();
    if (level !== 'error') {
      if (level !== 'debug') this.#messages.push(text);
      return;
    }
    const loc = findIn(childOf(message, 'option'), 'loc')?.attributes;
    const state = numberOf(childOf(node, 'state_id'));
    this.#failures = [...this.#failures, { state, message: text, ...rangeOf(loc?.start, loc?.stop) }];
  }
}

function numberOf(node: XmlNode | undefined): number {
  return Number(node?.attributes.val ?? Number.NaN);
}

function rangeOf(start: string | undefined, end: string | undefined): { start?: number; end?: number } {
  return start === undefined || end === undefined ? {} : { start: Number(start), end: Number(end) };
}
