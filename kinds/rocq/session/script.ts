import { Refusal, type RocqEngine } from '../engine/engine.ts';
import { GOAL, hasDefinitions } from '../engine/suggestions.ts';
import type { SentenceError, StaleUses } from './messages.ts';
import { firstFailure, sentenceError } from './spine.ts';
import { type Edge, gainsOf, readUniverses, UNIVERSES } from './universes.ts';

/** Is `true` if the state before the proof implies all these constraints. */
type AreKnown = (constraints: readonly Edge[]) => Promise<boolean>;

const POLYMORPHISM = 'Test Universe Polymorphism.';

/** A proof that was run to its end: whether others must know of it, and the state behind it. */
interface Done {
  readonly joins: boolean;
  /** The state behind the statement. */
  readonly statement: number;
  readonly state: number;
}

/** Runs a whole proof with one wait; returns `undefined` if anything failed. The caller then rewinds. */
export async function proveAtOnce(
  engine: RocqEngine,
  texts: readonly string[],
  areKnown: AreKnown,
): Promise<Done | undefined> {
  const done = await engine.batch([
    ...texts.slice(0, -1).map((add) => ({ add })),
    { query: POLYMORPHISM },
    { query: UNIVERSES },
    ...texts.slice(-1).map((add) => ({ add })),
    { status: true },
  ]);
  if (done.refusal || done.isLost) return undefined;
  const [polymorphism = '', after = ''] = done.texts;
  const joins = await doesJoin(polymorphism, after, () => engine.query(UNIVERSES, done.states[0]), areKnown);
  return { joins, statement: done.states[0] as number, state: done.states.at(-1) as number };
}

/**
 * Returns the reason that a closed proof is not like `Proof using` with these words. Without definitions among the section
 * variables, the same words mean the same variables: those of the statement, these, and all that they need.
 */
export async function staleUses(
  engine: RocqEngine,
  uses: string,
  statement: number,
  end: number,
): Promise<StaleUses | undefined> {
  if (engine.suggestions.at(end)?.uses !== uses) return 'other';
  return hasDefinitions(await engine.query(GOAL, statement)) ? 'definitions' : undefined;
}

/** Is `true` if the proof adds constraints that others can see, is polymorphic, or has universes of an unknown form. */
async function doesJoin(
  polymorphism: string,
  after: string,
  before: () => Promise<string>,
  areKnown: AreKnown,
): Promise<boolean> {
  if (!/\bis off\b/.test(polymorphism)) return true;
  const universes = readUniverses(after);
  if (universes?.edges.length === 0) return false;
  const known = readUniverses(await before());
  return !universes || !known || !(await areKnown(gainsOf(known, universes)));
}

/** A proof in the engine: its states from its statement on. In the worker. */
export class Script {
  readonly #engine: RocqEngine;
  readonly #base: number;
  #states: number[] = [];

  constructor(engine: RocqEngine) {
    this.#engine = engine;
    this.#base = engine.tip;
  }

  /** The states of the sentences that were reached. */
  get states(): readonly number[] {
    return this.#states;
  }

  /** The state before the first error: the last one that was reached. */
  get safe(): number {
    return this.#states.at(-1) ?? this.#base;
  }

  /** Runs the rest of a proof, and checks it. Returns its first error; the script then ends before it. */
  async run(texts: readonly string[]): Promise<SentenceError | undefined> {
    for (const text of texts) {
      const error = await this.#step(() => this.#engine.add(text));
      if (error) return error;
    }
    return this.#step(async () => {
      await this.#engine.status(true);
      return undefined;
    });
  }

  /** Runs sentences, but closes no proof. Returns the first error. */
  async open(texts: readonly string[]): Promise<SentenceError | undefined> {
    for (const text of texts) {
      const error = await this.#step(() => this.#engine.add(text));
      if (error) return error;
    }
    return this.#step(async () => {
      await this.#engine.status(false);
      return undefined;
    });
  }

  /** Goes back to the last state that was reached. */
  async rewind(): Promise<void> {
    await this.#engine.rewind(this.safe);
  }

  /** Goes back to the state before the proof. */
  async leave(): Promise<void> {
    await this.#engine.rewind(this.#base);
    this.#states = [];
  }

  /**
   * Is `true` if other proofs must know of this one, before it is closed: it adds universe constraints, or it is
   * polymorphic. A form that is not understood counts as such.
   */
  async joins(areKnown: AreKnown): Promise<boolean> {
    const [statement] = this.#states;
    if (statement === undefined) return true;
    const [polymorphism, after] = [await this.#engine.query(POLYMORPHISM), await this.#engine.query(UNIVERSES)];
    return doesJoin(polymorphism, after, () => this.#engine.query(UNIVERSES, statement), areKnown);
  }

  async #step(act: () => Promise<number | undefined>): Promise<SentenceError | undefined> {
    try {
      const state = await act();
      if (state !== undefined) this.#states.push(state);
      return undefined;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const numberOf = (state: number): number | undefined => {
        const index = this.#states.indexOf(state);
        return index < 0 ? undefined : index;
      };
      const last = this.#states.length;
      const { where, failure } = await firstFailure(this.#engine, error, last, numberOf);
      this.#states.length = Math.min(where, last);
      return sentenceError(where, failure);
    }
  }
}
