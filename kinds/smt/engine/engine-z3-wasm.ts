import { EngineDiedError, EngineMissingError } from '../text/errors.ts';
import { unstringed } from '../text/lexer.ts';
import { plainOptionName } from '../text/option-name.ts';
import { rejectionsOf } from '../text/reply.ts';
import { Z3Bounds } from '../text/z3-bounds.ts';
import type { Engine, EngineSettings, RefusedSetting, Reply } from './engine.ts';
import { keepLoopAlive, unreferenced } from './event-loop.ts';
import { startsOf } from './line-starts.ts';
import { wasmMissing } from './presence.ts';
import { Memory, type MemoryImage } from './wasm-memory.ts';

/** The used part of emscripten's module. */
export interface Emscripten {
  readonly HEAPU8: Uint8Array;
  readonly PThread: {
    readonly runningWorkers: readonly unknown[];
    getNewWorker(): unknown;
    returnWorkerToPool(worker: unknown): void;
    loadWasmModuleToWorker(worker: { onerror?: unknown }): unknown;
    readonly unusedWorkers: readonly { onerror?: unknown }[];
    terminateAllThreads(): void;
  };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _Z3_finalize_memory(): void;
  async_call(call: () => void): Promise<string>;
  _async_Z3_eval_smtlib2_string(context: number, text: number): void;
}

interface LowLevel {
  global_param_reset_all(): void;
  global_param_set(name: string, value: string): void;
  mk_config(): number;
  del_config(config: number): void;
  mk_context(config: number): number;
  interrupt(context: number): void;
}

// At this limit Z3 reports that memory is out, an error of the goal. At its own limit, 2 GB, the module would abort.
const memoryLimit = '1600';
// Longer than the clean-up of any finished thread.
const settleTime = 2000;
const checkpoints = 1;
// The session sets these bounds itself, before each check; the others are SMT-LIB's own, which a context accepts.
const laterOptions = /^(timeout|rlimit|reproducible_resource_limit|produce_.*|random_seed|verbosity|interactive_mode)$/;

async function loadZ3(overrides: object): Promise<{ Z3: LowLevel; em: Emscripten }> {
  let module: typeof import('z3-solver');
  try {
    module = await import('z3-solver');
  } catch (cause) {
    throw new EngineMissingError(wasmMissing, { cause });
  }
  return (await module.init(overrides as never)) as unknown as { Z3: LowLevel; em: Emscripten };
}

interface State {
  readonly context: number;
  readonly lines: number;
  readonly image: MemoryImage;
}

/**
 * Z3 in WebAssembly, one module instance an engine.
 *
 * The module's memory is its whole state. A reset restores the image taken right after the start: no option, symbol or
 * address of an earlier document is left. Addresses matter: Z3's nonlinear arithmetic orders by them. A new context in
 * a used module would spend other amounts of `rlimit` than one in a fresh module.
 */
class Z3Wasm implements Engine {
  readonly name = 'z3-wasm';
  #z3!: LowLevel;
  #em!: Emscripten;
  #memory!: Memory;
  #start!: MemoryImage;
  #context = 0;
  #lines = 0;
  readonly #bounds = new Z3Bounds();
  #states = new Map<string, State>();
  #queue: Promise<unknown> = Promise.resolve();
  #dead: EngineDiedError | undefined;
  #die!: (error: EngineDiedError) => void;
  readonly #death = new Promise<never>((_, reject) => {
    this.#die = reject;
  });
  #returned: (() => void) | undefined;
  /** The threads that the module has started since the last call began: its own is the first. */
  #started: unknown[] = [];
  #serial = 0;

  async start(): Promise<this> {
    const serial = ++this.#serial;
    // No call may be pending when the solver dies: this handler prevents an unhandled rejection.
    this.#death.catch(() => {});
    const abort = (what: unknown) => {
      // After this callback the module sets the exit code of this process, which does not belong to it.
      const { exitCode } = process;
      setImmediate(() => {
        process.exitCode = exitCode;
      });
      if (serial === this.#serial) this.kill(`z3-wasm aborted: ${String(what).slice(0, 200)}`);
    };
    const { Z3, em } = await loadZ3({
      // The module copies the name into its memory: a path would shift every address by its length.
      thisProgram: 'z3',
      onAbort: abort,
      // Out of memory in a thread leaves the call's promise pending for ever: these lines are the only sign.
      printErr: (line: string) => /^Aborted\(|program exited/.test(line) && abort(line),
    });
    this.#z3 = Z3;
    this.#em = em;
    this.#watchThreads(abort);
    this.#memory = new Memory(em);
    this.#makeContext({ options: [] });
    // The module allocates some things on first use: they must be part of the image.
    await this.#call('(declare-const x Int)(assert (> x 1))(check-sat)(get-info :rlimit)');
    this.#start = this.#memory.image();
    return this;
  }

  reset(settings: EngineSettings): Promise<readonly RefusedSetting[]> {
    return this.#serve(async () => {
      await this.#quiet();
      this.#memory.restore(this.#start);
      this.#makeContext(settings);
      const logic = settings.logic === undefined ? '' : `(set-logic ${settings.logic})`;
      const options = settings.options.map(([name, value]) => `(set-option ${name} ${value})`);
      const refused: RefusedSetting[] = [];
      if (logic === '' && options.length === 0) return refused;
      const { text, firstLine } = await this.#call([logic, ...options].join('\n'));
      const starts = startsOf([logic, ...options], firstLine);
      for (const { message, line } of rejectionsOf(text)) {
        const at = line === undefined ? 0 : starts.findLastIndex((start) => start <= line);
        refused.push({ setting: at <= 0 ? 'logic' : at - 1, message });
      }
      return refused;
    });
  }

  eval(text: string): Promise<Reply> {
    return this.#serve(() => this.#call(text));
  }

  /** Returns commands without Z3's own clock, which would start a thread that never ends: the session interrupts. */
  limits(timeout: number | undefined, rlimit: number | undefined): string {
    return this.#bounds.commands(0, rlimit ?? 0, (timeout ?? rlimit) !== undefined);
  }

  checkpoint(name: string): Promise<void> {
    return this.#serve(async () => {
      if (this.#threads.length > 0) return;
      while (this.#states.size >= checkpoints) this.#states.delete(this.#states.keys().next().value as string);
      this.#states.set(name, { context: this.#context, lines: this.#lines, image: this.#memory.image() });
    });
  }

  rewind(name: string): Promise<boolean> {
    return this.#serve(async () => {
      await this.#quiet();
      const state = this.#states.get(name);
      if (!state) return false;
      this.#memory.restore(state.image);
      this.#context = state.context;
      this.#lines = state.lines;
      this.#bounds.forget();
      return true;
    });
  }

  interrupt(): void {
    if (!this.#dead) this.#z3.interrupt(this.#context);
  }

  kill(reason: string): void {
    if (this.#dead) return;
    this.#dead = new EngineDiedError(reason);
    this.#die(this.#dead);
    this.#em?.PThread.terminateAllThreads();
  }

  rss(): number {
    return 0;
  }

  #serve<T>(work: () => Promise<T>): Promise<T> {
    const served = this.#queue.then(async () => {
      if (this.#dead) throw this.#dead;
      return keepLoopAlive(Promise.race([work(), this.#death]));
    });
    this.#queue = served.catch(() => {});
    return served;
  }

  #makeContext({ options }: EngineSettings): void {
    this.#z3.global_param_reset_all();
    this.#z3.global_param_set('memory_max_size', memoryLimit);
    // Parameters of Z3 and its modules apply only to contexts that are made later. A context that exists accepts them
    // without effect, in every spelling.
    for (const [name, value] of options) {
      const plain = plainOptionName(name);
      if (!laterOptions.test(plain)) this.#z3.global_param_set(plain, unstringed(value));
    }
    const config = this.#z3.mk_config();
    this.#context = this.#z3.mk_context(config);
    this.#z3.del_config(config);
    this.#lines = 0;
    this.#bounds.forget();
  }

  async #call(text: string): Promise<Reply> {
    const em = this.#em;
    const bytes = Buffer.from(`${text}\n`);
    // z3-solver's own eval passes a string on this thread's stack, which other calls overwrite while Z3 reads it.
    const pointer = em._malloc(bytes.length + 1);
    if (pointer === 0) throw new EngineDiedError('z3-wasm has no memory left for the text');
    em.HEAPU8.set(bytes, pointer);
    em.HEAPU8[pointer + bytes.length] = 0;
    const firstLine = this.#lines + 1;
    const start = performance.now();
    for (const byte of bytes) if (byte === 10) this.#lines++;
    this.#started = [];
    try {
      const printing = unreferenced(() =>
        em.async_call(() => em._async_Z3_eval_smtlib2_string(this.#context, pointer)),
      );
      const printed = await printing;
      // The module may start it late, beside threads that never end.
      const thread = this.#started[0];
      // The thread frees its stack a moment later. An allocation before that would get another address each time.
      await this.#until(() => !this.#threads.includes(thread));
      return { text: printed, firstLine, ms: performance.now() - start };
    } finally {
      em._free(pointer);
    }
  }

  get #threads(): readonly unknown[] {
    return this.#em.PThread.runningWorkers;
  }

  /** Waits until threads are gone. Resolves with `false` if they are still there after `settleTime`. */
  async #until(gone: () => boolean): Promise<boolean> {
    let isOver = false;
    // The timer alone says when the time is over: it may fire a moment before a clock says so.
    const end = setTimeout(() => {
      isOver = true;
      this.#returned?.();
    }, settleTime);
    while (!gone() && !isOver) {
      await new Promise<void>((resolve) => {
        this.#returned = resolve;
      });
    }
    clearTimeout(end);
    return gone();
  }

  /**
   * Ends the threads that outlive a call, such as the clock of a tactic with a time limit: an image may be taken or
   * restored only while no thread runs. If Z3 cannot end them, a new module replaces this one.
   */
  async #quiet(): Promise<void> {
    if (this.#threads.length === 0) return;
    this.#em._Z3_finalize_memory();
    if (await this.#until(() => this.#threads.length === 0)) return;
    this.#em.PThread.terminateAllThreads();
    this.#states.clear();
    await this.start();
  }

  #watchThreads(abort: (what: unknown) => void): void {
    const threads = this.#em.PThread;
    const giveBack = threads.returnWorkerToPool;
    threads.returnWorkerToPool = (worker) => {
      giveBack.call(threads, worker);
      this.#returned?.();
    };
    const getNew = threads.getNewWorker;
    threads.getNewWorker = () => {
      const worker = getNew.call(threads);
      this.#started.push(worker);
      return worker;
    };
    // By default an error of a thread is thrown in the event loop, where no code can catch it.
    const onerror = (event: { message?: string }) => abort(event.message ?? event);
    for (const worker of threads.unusedWorkers) worker.onerror = onerror;
    const load = threads.loadWasmModuleToWorker;
    threads.loadWasmModuleToWorker = (worker) => {
      const loading = load.call(threads, worker);
      worker.onerror = onerror;
      return loading;
    };
  }
}

/** Starts Z3 in WebAssembly. In the worker. @throws {EngineMissingError} when z3-solver is not installed */
export function openZ3Wasm(): Promise<Engine> {
  return keepLoopAlive(new Z3Wasm().start());
}
