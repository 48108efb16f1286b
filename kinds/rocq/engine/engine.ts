import type { RocqGoals } from '../session/messages.ts';
import type { RocqOptions } from '../text/document.ts';
import { RocqError } from './errors.ts';
import { findEngine } from './find-engine.ts';
import { readGoals } from './goals.ts';
import { EngineProcess } from './process.ts';
import { Suggestions } from './suggestions.ts';
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

const FLAGS = ['-main-channel', 'stdfds', '-q', '-async-proofs', 'off', '-set', 'Suggest Proof Using'];
// With them an error ends a proof, as in coqc: the engine would go on behind it.
const NO_RESILIENCE = ['-async-proofs-command-error-resilience', 'off', '-async-proofs-tactic-error-resilience', 'off'];

/** A call of a batch. */
export type Step = { readonly add: string } | { readonly status: boolean } | { readonly query: string };

/** The outcome of a batch. */
interface Batch {
  /** The states of the sentences that were taken, up to the first one that was not. */
  readonly states: readonly number[];
  /** The answers to the queries. */
  readonly texts: string[];
  /** The first refusal; absent if all is well. */
  readonly refusal?: Refusal;
  /** Is `true` if a sentence has another state than expected: nothing is known then. */
  readonly isLost: boolean;
}

/** A running `coqidetop`: sentences are added to its tip, and executed when its status is asked. In the worker. */
export class RocqEngine {
  readonly #process: EngineProcess;
  /** The section variables that closed proofs use. */
  readonly suggestions = new Suggestions();
  #failures: Failure[] = [];
  #messages: string[] = [];
  #tip = 0;
  /** The highest number of a state: the next one is one more, wherever the tip is. */
  #last = 0;

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
    engine.#last = engine.#tip;
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
    this.#tip = await this.#add(text, this.#tip);
    return this.#tip;
  }

  async #add(text: string, tip: number): Promise<number> {
    const sentence = `<pair><string>${escaped(text)}</string><int>-1</int></pair>`;
    const at = `<pair><state_id val="${tip}"/><bool val="false"/></pair>`;
    const places = '<pair><int>0</int><int>0</int></pair>';
    const argument = `<pair><pair><pair>${sentence}${at}</pair><int>0</int></pair>${places}</pair>`;
    const state = numberOf(findIn(await this.#call('Add', argument), 'state_id'));
    this.#last = Math.max(this.#last, state);
    return state;
  }

  /**
   * Sends all steps at once: one wait instead of many. The engine numbers its states one by one, so the state behind each
   * sentence is known before the answer. If anything fails, the tip is behind the last sentence that was taken.
   */
  async batch(steps: readonly Step[]): Promise<Batch> {
    let tip = this.#tip;
    let last = this.#last;
    const wanted: number[] = [];
    const waits = steps.map((step): Promise<string | number | undefined> => {
      if ('add' in step) {
        const wait = this.#add(step.add, tip);
        tip = ++last;
        wanted.push(tip);
        return wait;
      }
      if ('query' in step) return this.#ask(step.query, tip);
      return this.#call('Status', `<bool val="${step.status}"/>`).then(() => undefined);
    });
    const ends = await Promise.allSettled(waits);
    const refusals = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    const bad = refusals.find((reason) => !(reason instanceof Refusal));
    if (bad !== undefined) throw bad;
    const values = ends.map((end) => (end.status === 'fulfilled' ? end.value : undefined));
    const found = steps.flatMap((step, i) => ('add' in step ? [values[i]] : []));
    const differs = found.findIndex((state, i) => state !== wanted[i]);
    const states = differs < 0 ? wanted : wanted.slice(0, differs);
    this.#tip = states.at(-1) ?? this.#tip;
    const first = this.#first();
    const refusal = (refusals[0] as Refusal | undefined) ?? (first && new Refusal(first));
    const isLost = differs >= 0 && found[differs] !== undefined;
    return {
      ...{ states, isLost, texts: values.filter((value): value is string => typeof value === 'string') },
      ...(refusal ? { refusal } : {}),
    };
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
    const failures = this.#failures;
    try {
      return await this.#ask(text, state);
    } finally {
      // An error of the question is none of the file.
      this.#failures = failures;
    }
  }

  /** Returns the goals at the tip, which is executed first; `undefined` where no proof is open. @throws {Refusal} */
  async goals(): Promise<RocqGoals | undefined> {
    return readGoals(await this.#call('Goal', '<unit/>'));
  }

  /** Stops the work under way: its calls and all later ones reject, until `recover` is called. */
  interrupt(): void {
    this.#process.interrupt();
  }

  /**
   * Brings an engine that was interrupted to a state. Returns `false` if that failed: the engine must be killed. An
   * interrupt that arrives late ends one of these calls, and none after them.
   */
  async recover(state: number): Promise<boolean> {
    await this.#process.settled();
    for (let attempt = 1; attempt <= 3; attempt++) {
      try {
        if (!(await this.rewind(state))) return false;
        await this.status(false);
        return true;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
    return false;
  }

  async #ask(text: string, state: number): Promise<string> {
    const query = `<pair><string>${escaped(text)}</string><state_id val="${state}"/></pair>`;
    let messages: string[] = [];
    await this.#call('Query', `<pair><route_id val="0"/>${query}</pair>`, (said) => {
      messages = said;
    });
    return messages.join('\n');
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

  async #call(name: string, argument: string, onMessages?: (messages: string[]) => void): Promise<XmlNode> {
    const value = await this.#process.call(name, argument, () => {
      onMessages?.(this.#messages);
      this.#messages = [];
    });
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
    const state = numberOf(childOf(node, 'state_id'));
    if (level !== 'error') {
      this.suggestions.read(state, text);
      if (level !== 'debug') this.#messages.push(text);
      return;
    }
    const loc = findIn(childOf(message, 'option'), 'loc')?.attributes;
    this.#failures = [...this.#failures, { state, message: text, ...rangeOf(loc?.start, loc?.stop) }];
  }
}

function numberOf(node: XmlNode | undefined): number {
  return Number(node?.attributes.val ?? Number.NaN);
}

function rangeOf(start: string | undefined, end: string | undefined): { start?: number; end?: number } {
  return start === undefined || end === undefined ? {} : { start: Number(start), end: Number(end) };
}
