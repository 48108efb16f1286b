import { UsageError } from '../actors/index.ts';
import { quoted } from '../actors/tooling.ts';
import { type Environment, isStrict, warnOfFailure } from './failure.ts';
import { type JobPipe, openJobPipe } from './job-pipe.ts';
import type { TokenPriority, TokenSource } from './source.ts';
import { Waits } from './waits.ts';

/** The argument of make with the address of its jobserver. The last one counts. */
const ARGUMENT = /\s*--jobserver-(?:auth|fds)=(\S+)/g;

/** The number of jobs, which makes no sense without the jobserver: a make without it would run so many by itself. */
const JOBS = /(?:^|\s)-j\d*(?=\s|$)/g;

/** The sources of this program, by address: the job slot of the program itself is one, however often it is asked for. */
const sources = new Map<string, TokenSource>();

/**
 * Makes a client of the jobserver of the GNU make that runs this program: with `make -j3`, make and the workers of the
 * pools together never run more than three jobs. The program itself has one job slot, which its first worker uses.
 * Returns none outside of make, or if make does not share its jobserver: the recipe needs a `+` before its command.
 * make knows no priorities. A jobserver that fails does not stop the program: it goes on without a budget, with one
 * process warning. With `STATEPOOL_TOKENS=strict` its tasks wait. Not on Windows; the pipes of make before 4.4 on Linux only.
 *
 * @throws {UsageError} with `STATEPOOL_TOKENS=strict`, when make does not share its jobserver
 *
 * @example
 * import { jobserver } from 'statepool/tokens';
 *
 * await using pool = createPool(kind, { size: 8, tokens: jobserver() });
 */
export function jobserver(env: Environment = process.env): TokenSource | undefined {
  const flags = env.MAKEFLAGS ?? '';
  const [, address] = [...flags.matchAll(ARGUMENT)].at(-1) ?? [];
  if (address === undefined) return undefined;
  const known = sources.get(address);
  if (known !== undefined) return known;
  const strict = isStrict(env);
  const pipe = openJobPipe(address);
  if (pipe === undefined) {
    const problem = `make does not share its jobserver ${quoted(address)}`;
    const remedy = 'put + before the command of the recipe';
    if (strict) throw new UsageError(`${problem}: ${remedy}, or unset STATEPOOL_TOKENS`);
    warnOfFailure('the jobserver', new Error(`${problem}: ${remedy}`), false);
    return undefined;
  }
  // Node closes the pipe in the processes that it starts: their make must not look for it.
  const own = pipe.isInherited ? { env: { MAKEFLAGS: flags.replaceAll(ARGUMENT, '').replaceAll(JOBS, '') } } : {};
  const source = new JobSlots(pipe, strict, own.env, () => sources.delete(address));
  sources.set(address, source);
  return source;
}

/** The job slots of this program: its own one, and those whose bytes it has read from the jobserver. */
class JobSlots implements TokenSource {
  readonly env?: Readonly<Record<string, string>>;
  readonly #pipe: JobPipe;
  readonly #isStrict: boolean;
  readonly #waits = new Waits();
  /** The bytes of the slots that are held. Each goes back as it was. */
  readonly #bytes: number[] = [];
  readonly #onClosed: () => void;
  /** Is true while a worker uses the slot of the program itself. */
  #isOwnUsed = false;
  #hasFailed = false;
  #isClosed = false;

  constructor(pipe: JobPipe, strict: boolean, env: Readonly<Record<string, string>> | undefined, onClosed: () => void) {
    this.#pipe = pipe;
    this.#isStrict = strict;
    this.#onClosed = onClosed;
    if (env !== undefined) this.env = env;
    pipe.listen(
      (byte) => this.#receive(byte),
      (error) => this.#fail(error),
    );
    process.once('exit', this.#giveAll);
  }

  /** make does not say whether one of its jobs waits. */
  get isContended(): boolean {
    return !this.#isUnlimited;
  }

  get #isUnlimited(): boolean {
    return this.#hasFailed && !this.#isStrict;
  }

  ask(n: number, priority: TokenPriority, onGrant: (n: number) => void): () => void {
    const giveUp = this.#waits.add(n, priority, onGrant);
    this.#grantOwn();
    if (this.#isUnlimited || this.#isClosed) this.#waits.grantAll();
    this.#read();
    return () => {
      giveUp();
      this.#read();
    };
  }

  give(n: number): void {
    for (let i = 0; i < n; i++) {
      const byte = this.#bytes.pop();
      if (byte === undefined) this.#isOwnUsed = false;
      else this.#write(byte);
    }
    this.#grantOwn();
    this.#read();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    process.off('exit', this.#giveAll);
    this.#giveAll();
    this.#pipe.close();
    this.#onClosed();
    this.#waits.grantAll();
  }

  /** Reads from the jobserver exactly as long as somebody waits. */
  #read(): void {
    if (!this.#isClosed && !this.#hasFailed) this.#pipe.read(!this.#waits.isEmpty);
  }

  /** Takes the byte of a slot; returns whether more slots are waited for. */
  #receive(byte: number): boolean {
    this.#bytes.push(byte);
    if (!this.#waits.grant()) this.#write(this.#bytes.pop() as number);
    return !this.#waits.isEmpty;
  }

  #grantOwn(): void {
    if (this.#isOwnUsed || this.#waits.isEmpty) return;
    this.#isOwnUsed = true;
    this.#waits.grant();
  }

  readonly #giveAll = (): void => {
    for (const byte of this.#bytes.splice(0)) this.#write(byte);
  };

  #write(byte: number): void {
    try {
      this.#pipe.write(byte);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#hasFailed || this.#isClosed) return;
    this.#hasFailed = true;
    warnOfFailure('the jobserver of make', error, this.#isStrict);
    if (!this.#isStrict) this.#waits.grantAll();
  }
}
