import type { SmtOption } from '../text/goal.ts';
import { plainOptionName } from '../text/option-name.ts';
import { rejectionsOf } from '../text/reply.ts';
import { Z3Bounds } from '../text/z3-bounds.ts';
import type { Engine, EngineName, EngineSettings, RefusedSetting, Reply } from './engine.ts';
import { NativeProcess } from './native-process.ts';
import { commandOf } from './presence.ts';

type NativeName = Exclude<EngineName, 'z3-wasm'>;

// Z3 writes the name of a command that it does not know to its diagnostic channel: the answers must name it too.
const preludeOf = (name: NativeName): string =>
  name === 'z3' ? '(set-option :diagnostic-output-channel "stdout")' : '';

// cvc5 does not know options with Z3's names, and some of them make it exit.
const isForeign = (name: NativeName, option: string): boolean =>
  name === 'cvc5' && (/[._]/.test(option) || /^(auto_config|rlimit|timeout)$/.test(plainOptionName(option)));

/**
 * The ms of an answer after which `(reset)` leaves cvc5 slower than a new process: a goal of a second then takes up to a
 * quarter longer. Z3 stays as quick.
 */
const WEARING = 100;

// Callers may pass objects with more than the settings.
const keyOf = ({ logic, options }: EngineSettings): string => JSON.stringify([logic, options]);

const messagesOf = ({ text }: Reply): string[] => rejectionsOf(text).map(({ message }) => message);

/** A process of a native solver, with the state that it has by the texts before. */
class Solver {
  readonly process: NativeProcess;
  readonly bounds = new Z3Bounds();
  /** The time limit of cvc5. */
  timeout: number | undefined;
  /** Is `true` before the first context. */
  isFresh = true;
  /** Is `true` if an answer has taken so long that another process should follow. */
  isWorn = false;
  readonly #wears: boolean;
  #lines = 0;
  #answeredAt = 0;

  constructor(name: NativeName) {
    this.process = startProcess(name);
    this.#wears = name === 'cvc5';
  }

  async ask(text: string): Promise<Reply> {
    const firstLine = this.#lines + 1;
    // The echoed mark after the text is a line of its own.
    this.#lines += text.split('\n').length + 1;
    const askedAt = performance.now();
    const printed = await this.process.ask(text);
    // Before the answer to an earlier text, the solver had not begun this one.
    const ms = performance.now() - Math.max(askedAt, this.#answeredAt);
    this.#answeredAt = performance.now();
    if (this.#wears && !this.isFresh && ms > WEARING) this.isWorn = true;
    return { text: printed.text, firstLine, ms };
  }
}

/**
 * A native solver in a process of its own. `(reset)` keeps Z3's global parameters, so other options need another
 * process; another logic does not.
 */
class Native implements Engine {
  readonly name: NativeName;
  readonly readsAhead: boolean;
  #solver: Solver;
  /** A second process with the same options. */
  #twin: Solver | undefined;
  #settings: string | undefined;
  /** The options that the process has got since its start. */
  #options: string | undefined;
  /** Is `true` if the solver accepted all of the settings. */
  #isAccepted = false;
  /** The last reset that is under way. */
  #resetting: Promise<unknown> | undefined;
  #killed: string | undefined;

  constructor(name: NativeName) {
    this.name = name;
    this.#solver = new Solver(name);
    this.readsAhead = name === 'z3' || name === 'cvc5';
  }

  reset(settings: EngineSettings): Promise<readonly RefusedSetting[]> {
    const resetting = (this.#resetting ?? Promise.resolve()).then(() => this.#reset(settings));
    const done = resetting
      .catch(() => {})
      .then(() => {
        if (this.#resetting === done) this.#resetting = undefined;
      });
    this.#resetting = done;
    return resetting;
  }

  resetText(settings: EngineSettings, byTwin = false): string | undefined {
    if (!this.readsAhead || this.#resetting || this.#solver.process.isGone) return undefined;
    if (!this.#isAccepted || this.#settings !== keyOf(settings)) return undefined;
    if (byTwin) this.#takeTurns();
    const solver = this.#solver;
    if (solver.isWorn) return undefined;
    solver.timeout = undefined;
    const options = settings.options.map(([name, value]) => `(set-option ${name} ${value})`);
    const reset = solver.isFresh ? '' : '(reset)';
    solver.isFresh = false;
    return [reset, preludeOf(this.name), ...options, this.#logicOf(settings)].join('');
  }

  /** Lets the other process read the next texts. */
  #takeTurns(): void {
    let twin = this.#twin;
    if (twin === undefined || twin.process.isGone) {
      twin = new Solver(this.name);
      // The start of a process is no part of a goal's time. If it fails, so does the goal's text.
      twin.ask('').catch(() => {});
    }
    this.#twin = this.#solver;
    this.#solver = twin;
  }

  async #reset(settings: EngineSettings): Promise<readonly RefusedSetting[]> {
    const key = keyOf(settings);
    // Not every solver knows `(reset)`: one that the user names gets another process.
    const options = JSON.stringify(settings.options);
    const { isWorn, isFresh, process } = this.#solver;
    const isSame = this.#options === options && !isWorn && !this.#twin?.isWorn;
    const reusable = isFresh || (this.readsAhead && isSame);
    if (!reusable || process.isGone) this.#restart();
    const reset = this.#solver.isFresh ? '' : '(reset)';
    this.#settings = key;
    this.#options = options;
    this.#isAccepted = false;
    this.#solver.isFresh = false;
    this.#solver.timeout = undefined;
    await this.#solver.ask(`${reset}${preludeOf(this.name)}`);
    const refused = await this.#setOptions(settings.options);
    const logic = this.#logicOf(settings);
    for (const message of logic === '' ? [] : messagesOf(await this.#solver.ask(logic))) {
      // cvc5 ends after a logic that it does not know.
      const words = `${this.name} refuses the logic ${settings.logic}: ${message}`;
      refused.push({ setting: 'logic', message: words, ...(this.#solver.process.isGone ? { isFatal: true } : {}) });
    }
    this.#isAccepted = refused.length === 0;
    return refused;
  }

  #logicOf({ logic = this.name === 'cvc5' ? 'ALL' : undefined }: EngineSettings): string {
    return logic === undefined ? '' : `(set-logic ${logic})`;
  }

  async eval(text: string): Promise<Reply> {
    if (this.#resetting) await this.#resetting;
    return this.#solver.ask(text);
  }

  limits(timeout: number | undefined, rlimit: number | undefined): string {
    if (this.name === 'z3') return this.#solver.bounds.commands(timeout ?? 0, rlimit ?? 0);
    if (this.name !== 'cvc5') return '';
    // cvc5 accepts a time limit at any moment, but a resource limit only before its first command.
    if (timeout === this.#solver.timeout) return '';
    this.#solver.timeout = timeout;
    return `(set-option :tlimit-per ${timeout ?? 0})`;
  }

  kill(reason: string): void {
    this.#killed = reason;
    this.#solver.process.kill(reason);
    this.#twin?.process.kill(reason);
  }

  pid(): number | undefined {
    return this.#solver.process.pid;
  }

  rss(): number {
    return this.#solver.process.rss() + (this.#twin?.process.rss() ?? 0);
  }

  /**
   * Sets options one at a time, because cvc5 exits at some that it refuses: a new process then gets the accepted ones.
   */
  async #setOptions(options: readonly SmtOption[]): Promise<RefusedSetting[]> {
    const refused: RefusedSetting[] = [];
    const accepted: string[] = [];
    for (const [setting, [name, value]] of options.entries()) {
      if (isForeign(this.name, name)) {
        refused.push({ setting, message: `${this.name} does not know the option ${name}` });
        continue;
      }
      const command = `(set-option ${name} ${value})`;
      const messages = messagesOf(await this.#solver.ask(command));
      if (messages.length === 0) accepted.push(command);
      for (const message of messages) refused.push({ setting, message });
      if (!this.#solver.process.isGone) continue;
      this.#restart();
      this.#solver.isFresh = false;
      await this.#solver.ask([preludeOf(this.name), ...accepted].join('\n'));
    }
    return refused;
  }

  #restart(): void {
    if (this.#killed !== undefined) return;
    for (const solver of [this.#solver, this.#twin]) solver?.process.kill('another process takes its place');
    this.#twin = undefined;
    this.#solver = new Solver(this.name);
  }
}

/** The solvers that have been started before they are needed, one an engine. */
const ahead = new Map<NativeName, NativeProcess>();

function startProcess(name: NativeName): NativeProcess {
  const ready = ahead.get(name);
  ahead.delete(name);
  if (ready !== undefined && !ready.isGone) return ready;
  const { program, args } = commandOf(name);
  return new NativeProcess(program, args);
}

/** Starts a native solver for the next one who needs it. In the worker. */
export function startAhead(name: NativeName): void {
  if (!ahead.has(name)) ahead.set(name, startProcess(name));
}

/** Ends the solvers that were started ahead and that nobody has needed. In the worker. */
export function endAhead(): void {
  for (const process of ahead.values()) process.kill('it is not needed');
  ahead.clear();
}

/** Starts a native solver from PATH. In the worker. @throws {EngineMissingError} when it is not on PATH */
export function openNative(name: NativeName): Engine {
  return new Native(name);
}
