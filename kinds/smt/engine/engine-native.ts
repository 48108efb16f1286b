import type { SmtOption } from '../text/goal.ts';
import { rejectionsOf } from '../text/reply.ts';
import type { Engine, EngineSettings, Reply } from './engine.ts';
import { NativeProcess } from './native-process.ts';

type NativeName = 'z3' | 'cvc5';

const argumentsOf: Readonly<Record<NativeName, readonly string[]>> = {
  z3: ['-in'],
  // Without --incremental, cvc5 ends at the first command that it refuses and leaves the rest unread. Without --quiet,
  // notes mix with answers.
  cvc5: ['--incremental', '--lang', 'smt2', '--quiet', '--produce-models'],
};

// cvc5 does not know options with Z3's names, and some of them make it exit.
const isForeign = (name: NativeName, option: string): boolean =>
  name === 'cvc5' && /[._]|^:(auto_config|rlimit|timeout)$/.test(option);

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
    this.#process = new NativeProcess(name, argumentsOf[name]);
  }

  reset(settings: EngineSettings): Promise<readonly string[]> {
    return this.#serve(async () => {
      // Callers may pass objects with more than the settings.
      const key = JSON.stringify([settings.logic, settings.options]);
      const reusable = this.#fresh || (this.#settings === key && !this.#process.isGone);
      if (!reusable || this.#process.isGone) this.#restart();
      const reset = this.#fresh ? '' : '(reset)';
      this.#settings = key;
      this.#fresh = false;
      this.#timeout = undefined;
      await this.#ask(reset);
      const warnings = await this.#setOptions(settings.options);
      const logic = settings.logic ?? (this.name === 'cvc5' ? 'ALL' : undefined);
      if (logic !== undefined) warnings.push(...messagesOf(await this.#ask(`(set-logic ${logic})`)));
      return warnings;
    });
  }

  eval(text: string): Promise<Reply> {
    return this.#serve(() => this.#ask(text));
  }

  limits(timeout: number | undefined, rlimit: number | undefined): string {
    if (this.name === 'z3') return `(set-option :timeout ${timeout ?? 0})(set-option :rlimit ${rlimit ?? 0})`;
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
  async #setOptions(options: readonly SmtOption[]): Promise<string[]> {
    const warnings: string[] = [];
    const accepted: string[] = [];
    for (const [name, value] of options) {
      if (isForeign(this.name, name)) {
        warnings.push(`${this.name} does not know the option ${name}`);
        continue;
      }
      const command = `(set-option ${name} ${value})`;
      const refused = messagesOf(await this.#ask(command));
      if (refused.length === 0) accepted.push(command);
      warnings.push(...refused);
      if (!this.#process.isGone) continue;
      this.#restart();
      this.#fresh = false;
      await this.#ask(accepted.join('\n'));
    }
    return warnings;
  }

  #restart(): void {
    if (this.#killed !== undefined) return;
    this.#process.kill('another process takes its place');
    this.#process = new NativeProcess(this.name, argumentsOf[this.name]);
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

/** Starts a native solver from PATH. In the worker. @throws {EngineMissingError} when it is not on PATH */
export function openNative(name: NativeName): Engine {
  return new Native(name);
}
