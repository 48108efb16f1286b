import { engineFor } from '../engine/ahead.ts';
import { type Failure, Refusal, type RocqEngine, type Step } from '../engine/engine.ts';
import { RocqError } from '../engine/errors.ts';
import { GOAL, hasDefinitions } from '../engine/suggestions.ts';
import type { RocqAnswer, SectionUse, SentenceError, SentSegment, SpineRequest } from './messages.ts';
import {
  type Edge,
  gainsOf,
  isRedefined,
  readGraph,
  readUniverses,
  UNIVERSES,
  type UniverseGraph,
} from './universes.ts';

interface Mark {
  readonly hash: string;
  readonly texts: readonly string[];
  readonly state: number;
}

/** The sentence behind a state: its number in a segment. */
interface Where {
  readonly sent: SentSegment;
  readonly index: number;
}

/** The words of a command that changes the grammar. */
const GRAMMAR = /\b(?:Notation|Infix|Ltac2)\b/;

/** The executed part of a document in one engine: a state behind each segment. In the worker. */
export class Spine {
  #engine: RocqEngine | undefined;
  #options = '';
  /** The number of names of the file's module: with -R it stands in other modules. */
  #depth = 1;
  #marks: Mark[] = [];
  /** The constraints of an earlier state of this engine: those of later states imply them. */
  #graph: { readonly mark: Mark; readonly graph: UniverseGraph | undefined } | undefined;
  readonly #where = new Map<number, Where>();
  /** The states of closed proofs for which nothing can stand. */
  readonly #alone = new Set<number>();
  #isDoubtful = false;
  /** The number of calls of `kill`: an engine may be starting then. */
  #kills = 0;

  /** The running engine. @throws {RocqError} ROCQ_LOST if there is none */
  get engine(): RocqEngine {
    if (this.#engine && !this.#engine.isGone) return this.#engine;
    throw new RocqError('ROCQ_LOST', 'the worker has no engine that runs');
  }

  /** The engine, if one was started and has not ended. */
  get running(): RocqEngine | undefined {
    return this.#engine?.isGone === false ? this.#engine : undefined;
  }

  /** Is `true` if the engine went back over a change of its grammar: it may then refuse right sentences. */
  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  /** Returns the innermost section or module that is open, of these names. */
  openBlock(blocks: readonly string[]): string | undefined {
    return blocks.length > this.#depth ? blocks.at(-1) : undefined;
  }

  /** Is `true` if the state behind the last segment is known to imply all these constraints. */
  async implies(constraints: readonly Edge[]): Promise<boolean> {
    if (constraints.length === 0) return true;
    const since = this.#graph && this.#marks.indexOf(this.#graph.mark);
    const texts =
      since === undefined || since < 0 ? undefined : this.#marks.slice(since + 1).flatMap((mark) => mark.texts);
    // A name may mean another universe after these commands.
    if (!texts || texts.some((text) => /\b(?:Require|Import|Export|Include|End)\b/.test(text))) {
      const mark = this.#marks.at(-1) as Mark;
      this.#graph = { mark, graph: readGraph(await this.engine.query('Print Universes.', mark.state)) };
      return constraints.every((edge) => this.#graph?.graph?.implies(edge));
    }
    const later = texts.join(' ');
    return constraints.every(
      (edge) => this.#graph?.graph?.implies(edge) && !isRedefined(edge.from, later) && !isRedefined(edge.to, later),
    );
  }

  get chain(): string[] {
    return this.#marks.map(({ hash }) => hash);
  }

  /** The section variables that the executed proofs use, as far as the engine has said it. */
  get uses(): SectionUse[] {
    const { suggestions } = this.engine;
    // The first mark is the start.
    return this.#marks.slice(1).flatMap(({ state }, segment): SectionUse[] => {
      const found = suggestions.at(state);
      return found ? [{ segment, ...found, isAlone: this.#alone.has(state) }] : [];
    });
  }

  /** The state behind the last segment. */
  get tip(): number {
    return this.#marks.at(-1)?.state ?? Number.NaN;
  }

  /** Brings the engine into the state that a request needs. Returns an answer if that is not possible. */
  async reach(request: SpineRequest): Promise<RocqAnswer | undefined> {
    const problem = await this.#keep(request);
    if (problem !== undefined) return { type: 'mismatch', problem };
    const outcome = await this.#addAll(request.push);
    if (outcome !== 'lost') return outcome;
    await this.rewind();
    for (const sent of request.push) {
      const failed = await this.#add(sent);
      if (failed) return failed;
    }
    try {
      await this.engine.status(false);
    } catch (error) {
      return this.#refused(error, undefined);
    }
    return undefined;
  }

  /** Adds all segments at once. Returns the answer for the first error, or 'lost' if nothing is known of it. */
  async #addAll(segments: readonly SentSegment[]): Promise<RocqAnswer | 'lost' | undefined> {
    if (segments.length === 0) return undefined;
    this.engine.suggestions.begin();
    const steps = segments.flatMap(stepsOf);
    const { states, texts: answers, refusal, isLost } = await this.engine.batch([...steps, { status: false }]);
    if (isLost) return 'lost';
    const places = segments.flatMap((sent) => [...sent.texts.keys()].map((index): Where => ({ sent, index })));
    for (const [i, state] of states.entries()) this.#where.set(state, places[i] as Where);
    let taken = 0;
    for (const { hash, texts, asked } of segments) {
      taken += texts.length;
      const state = states[taken - 1];
      if (state === undefined) continue;
      this.#marks.push({ hash, texts, state });
      if (asked && isAlone(answers.splice(0, 3))) this.#alone.add(state);
    }
    return refusal && this.#refused(refusal, places[states.length]);
  }

  /**
   * Keeps a proof that was just run: its statement need not be executed again. Others cannot tell it from the `Admitted`
   * that stands for it, unless everybody must execute it, and the hash says so.
   */
  keepProof(hash: string, statement: string, state: number): void {
    this.#marks.push({ hash, texts: [statement], state });
  }

  /** Goes back to the state behind the last segment. */
  async rewind(): Promise<void> {
    await this.engine.rewind(this.tip);
  }

  /** Interrupts the engine: all that follows fails until `recover`. Returns `false` if no engine runs. */
  interrupt(): boolean {
    this.running?.interrupt();
    return this.running !== undefined;
  }

  /** Goes back to the state behind the last segment after an interrupt; an engine that cannot is killed. */
  async recover(): Promise<void> {
    if (!(await this.engine.recover(this.tip))) this.kill(new RocqError('ROCQ_DIED', 'it cannot go back'));
  }

  /** Kills the engine, also while it starts. */
  kill(reason: RocqError): void {
    this.#kills++;
    this.#engine?.kill(reason);
    this.#engine = undefined;
    this.#marks = [];
    this.#where.clear();
    this.#alone.clear();
    this.#isDoubtful = false;
  }

  /** Keeps the first part of the spine; returns a problem if the engine does not have it. */
  async #keep({ options, root, keep, base }: SpineRequest): Promise<string | undefined> {
    const wanted = JSON.stringify(options);
    if (this.#engine?.isGone || wanted !== this.#options) this.kill(new RocqError('ROCQ_DIED', 'its file changed'));
    if (!this.#engine) {
      if (keep > 1) return 'its engine is new';
      const kills = this.#kills;
      const engine = await engineFor(options);
      if (kills !== this.#kills) {
        const late = new RocqError('ROCQ_DIED', 'it was ended while it started');
        engine.kill(late);
        throw late;
      }
      this.#engine = engine;
      this.#options = wanted;
      this.#depth = (await this.#engine.status(false)).blocks.length;
      this.#marks = [{ hash: root, texts: [], state: this.#engine.tip }];
    }
    const at = Math.max(1, keep);
    if (this.#marks[at - 1]?.hash !== (base ?? root)) return 'its engine has executed another text';
    if (this.#marks.slice(at).some(({ texts }) => texts.some((text) => GRAMMAR.test(text)))) this.#isDoubtful = true;
    this.#marks.length = at;
    if (this.#engine.tip !== this.tip && !(await this.#engine.rewind(this.tip))) {
      // The state is in a closed proof: the engine would keep what follows the proof.
      this.kill(new RocqError('ROCQ_DIED', 'it cannot go back'));
      return 'its engine cannot go back into a closed proof';
    }
    return undefined;
  }

  async #add(sent: SentSegment): Promise<RocqAnswer | undefined> {
    for (const [index, text] of sent.texts.entries()) {
      try {
        this.#where.set(await this.engine.add(text), { sent, index });
      } catch (error) {
        return this.#refused(error, { sent, index });
      }
    }
    this.#marks.push({ hash: sent.hash, texts: sent.texts, state: this.engine.tip });
    return undefined;
  }

  /** Returns the answer for an error: the first one in the text, which may be one of an earlier sentence. */
  async #refused(error: unknown, at: Where | undefined): Promise<RocqAnswer> {
    if (!(error instanceof Refusal)) throw error;
    const { where, failure } = await firstFailure(this.engine, error, at, (state) => this.#where.get(state));
    const { sent, index } = where;
    const kept = this.#marks.findIndex(({ hash }) => hash === sent.hash);
    if (kept >= 0) this.#marks.length = kept;
    if (!(await this.engine.rewind(this.tip))) this.kill(new RocqError('ROCQ_DIED', 'it cannot go back'));
    const unfit = sent.admitted && index > 0;
    return { type: 'spineError', segment: sent.segment, error: sentenceError(index, failure), unfit };
  }
}

/** Returns the steps of a segment. A proof of which more is asked has questions behind its statement and before its end. */
function stepsOf({ texts, asked }: SentSegment): Step[] {
  const steps: Step[] = texts.map((add) => ({ add }));
  if (!asked) return steps;
  const goal: Step = { query: GOAL };
  const universes: Step = { query: UNIVERSES };
  return [...steps.slice(0, 1), goal, universes, ...steps.slice(1, -1), universes, ...steps.slice(-1)];
}

/** Is `true` if nothing can stand for a proof, given the answers to the questions: others may see its constraints, or it has definitions around it. */
function isAlone([goal = '', before = '', after = '']: readonly string[]): boolean {
  const [known, universes] = [readUniverses(before), readUniverses(after)];
  return hasDefinitions(goal) || !known || !universes || gainsOf(known, universes).length > 0;
}

/** Returns the first error in the text. A sentence that cannot be read comes after all sentences that were added. */
export async function firstFailure<W>(
  engine: RocqEngine,
  refusal: Refusal,
  at: W | undefined,
  whereOf: (state: number) => W | undefined,
): Promise<{ where: W; failure: Failure }> {
  const known = failureOf(engine, whereOf);
  if (known) return known;
  if (at !== undefined) {
    try {
      await engine.status(false);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    return failureOf(engine, whereOf) ?? { where: at, failure: refusal.failure };
  }
  throw new RocqError('ROCQ_LOST', `the engine has an error at no sentence: ${refusal.message}`);
}

function failureOf<W>(
  engine: RocqEngine,
  whereOf: (state: number) => W | undefined,
): { where: W; failure: Failure } | undefined {
  const sorted = [...engine.failures].sort((a, b) => (a.state ?? 0) - (b.state ?? 0));
  for (const failure of sorted) {
    const where = failure.state === undefined ? undefined : whereOf(failure.state);
    if (where !== undefined) return { where, failure };
  }
  return undefined;
}

/** Returns an error as it is sent to the master. */
export function sentenceError(index: number, { message, start, end }: Failure): SentenceError {
  return { index, message, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}
