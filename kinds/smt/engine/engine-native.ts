import type { SmtOption } from '../text/goal.ts';
import { plainOptionName } from '../text/option-name.ts';
import { rejectionsOf } from '../text/reply.ts';
import type { Engine, EngineName, EngineSettings, RefusedSetting, Reply } from './engine.ts';
import { NativeProcess } from './native-process.ts';

type NativeName = Exclude<EngineName, 'z3-wasm'>;

const commands = {
  z3: ['z3', '-in'],
  // Without --incremental, cvc5 ends at the first command that it refuses and leaves the rest unread. Without --quiet,
  // notes mix with answers.
  cvc5: ['cvc5', '--incremental', '--lang', 'smt2', '--quiet', '--produce-models'],
} as const;

/** Returns the program of an engine and its arguments. */
function commandOf(name: NativeName): { readonly program: string; readonly args: readonly string[] } {
  const words =
    name === 'z3' || name === 'cvc5'
      ? commands[name]
      : name
          .slice(name.indexOf('=') + 1)
          .trim()
          .split(/\s+/);
  const [program = '', ...args] = words;
  return { program, args };
}

// Z3 writes the name of a command that it does not know to its diagnostic channel: the answers must name it too.
const preludeOf = (name: NativeName): string =>
  name === 'z3' ? '(set-option :diagnostic-output-channel "stdout")' : '';

// cvc5 does not know options with Z3's names, and some of them make it exit.
const isForeign = (name: NativeName, option: string): boolean =>
  name === 'cvc5' && (/[._]/.test(option) || /^(auto_config|rlimit|timeout)$/.test(plainOptionName(option)));

const messagesOf = ({ text }: Reply): string[] => rejectionsOf(text).map(({ message }) => message);

/**
 * A native solver in a process of its own. `(reset)` keeps Z3's global parameters, so other settings need another
 * process.
 */
class Native implements Engine {
  readonly name: NativeName;
  #process: NativeProcess;
  #settings: string | undefined;
  #lines = 0;
  #fresh = true;
  #timeout: number | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #killed: string | undefined;

  constructor(name: NativeName) {
    this.name = name;
    this.#process = startProcess(name);
  }

  reset(settings: EngineSettings): Promise<readonly RefusedSetting[]> {
    return this.#serve(async () => {
      // Callers may pass objects with more than the settings.
      const key = JSON.stringify([settings.logic, settings.options]);
      // Not every solver knows `(reset)`: one that the user names gets another process.
      const isKnown = this.name === 'z3' || this.name === 'cvc5';
      const reusable = this.#fresh || (isKnown && this.#settings === key && !this.#process.isGone);
      if (!reusable || this.#process.isGone) this.#restart();
      const reset = this.#fresh ? '' : '(reset)';
      this.#settings = key;
      this.#fresh = false;
      this.#timeout = undefined;
      await this.#ask(`${reset}${preludeOf(this.name)}`);
      const refused = await this.#setOptions(settings.options);
      const logic = settings.logic ?? (this.name === 'cvc5' ? 'ALL' : undefined);
      if (logic === undefined) return refused;
      for (const message of messagesOf(await this.#ask(`(set-logic ${logic})`))) {
        // cvc5 ends after a logic that it does not know.
        const words = `${this.name} refuses the logic ${logic}: ${message}`;
        refused.push({ setting: 'logic', message: words, ...(this.#process.isGone ? { isFatal: true } : {}) });
      }
      return refused;
    });
  }

  eval(text: string): Promise<Reply> {
    return this.#serve(() => this.#ask(text));
  }

  limits(timeout: number | undefined, rlimit: number | undefined): string {
    if (this.name === 'z3') return `(set-option :timeout ${timeout ?? 0})(set-option :rlimit ${rlimit ?? 0})`;
    if (this.name !== 'cvc5') return '';
    // cvc5 accepts a time limit at any moment, but a resource limit only before its first command.
    if (timeout === this.#timeout) return '';
    this.#timeout = timeout;
    return `(set-option :tlimit-per ${timeout ?? 0})`;
  }

  kill(reason: string): void {
    this.#killed = reason;
    this.#process.kill(reason);
  }

  pid(): number | undefined {
    return this.#process.pid;
  }

  rss(): number {
    return this.#process.rss();
  }

  #serve<T>(work: () => Promise<T>): Promise<T> {
    const served = this.#queue.then(work);
    this.#queue = served.catch(() => {});
    return served;
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
      const messages = messagesOf(await this.#ask(command));
      if (messages.length === 0) accepted.push(command);
      for (const message of messages) refused.push({ setting, message });
      if (!this.#process.isGone) continue;
      this.#restart();
      this.#fresh = false;
      await this.#ask([preludeOf(this.name), ...accepted].join('\n'));
    }
    return refused;
  }

  #restart(): void {
    if (this.#killed !== undefined) return;
    this.#process.kill('another process takes its place');
    this.#process = startProcess(this.name);
    this.#lines = 0;
    this.#fresh = true;
    this.#timeout = undefined;
  }

  async #ask(text: string): Promise<Reply> {
    const firstLine = this.#lines + 1;
    // The echoed mark after the text is a line of its own.
    this.#lines += text.split('\n').length + 1;
    const printed = await this.#process.ask(text);
    return { text: printed.text, firstLine };
  }
}

function startProcess(name: NativeName): NativeProcess {
  const { program, args } = commandOf(name);
  return new NativeProcess(program, args);
}

/** Starts a native solver from PATH. In the worker. @throws {EngineMissingError} when it is not on PATH */
export function openNative(name: NativeName): Engine {
  return new Native(name);
}
