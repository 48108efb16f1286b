/** The error of a promise that was cancelled. */
export class CancellationError extends Error {
  override readonly name = 'CancellationError';

  constructor(message = 'promise cancelled') {
    super(message);
  }
}

/** The error of a promise that was not settled in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';

  constructor(message = 'timeout exceeded') {
    super(message);
  }
}

/** A promise, and the functions that settle it. */
export interface Resolver<T = unknown> {
  readonly promise: Cancellable<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

type Next<T, R> = ((value: T) => R | PromiseLike<R>) | null | undefined;

/**
 * A promise that can be cancelled and has a time limit. Its listeners are called in the turn in which it settles. An error
 * that nobody handles is dropped.
 */
export class Cancellable<T = unknown, E = unknown> implements PromiseLike<T> {
  static readonly CancellationError: typeof CancellationError = CancellationError;
  static readonly TimeoutError: typeof TimeoutError = TimeoutError;
  readonly [Symbol.toStringTag] = 'Promise';
  resolved = false;
  rejected = false;
  pending = true;
  readonly #parent: { cancel(): unknown; timeout(ms: number): unknown } | undefined;
  readonly #reject: (error: unknown) => void;
  #value: unknown;
  #listeners: (() => void)[] = [];

  /** `parent` is cancelled, and gets the time limit, instead of this promise. */
  constructor(
    handler: (resolve: (value: T) => void, reject: (error: E) => void) => void,
    parent?: { cancel(): unknown; timeout(ms: number): unknown },
  ) {
    if (typeof handler !== 'function') throw new SyntaxError('Function parameter handler(resolve, reject) missing');
    this.#parent = parent;
    this.#reject = (error) => this.#settle('rejected', error);
    handler((value) => this.#settle('resolved', value), this.#reject);
  }

  // biome-ignore lint/suspicious/noThenProperty: this class is a promise.
  then<A = T, B = never>(onSuccess?: Next<T, A>, onFail?: Next<E, B>): Cancellable<A | B> {
    return new Cancellable((resolve, reject) => {
      const listener = () => {
        const next = (this.resolved ? onSuccess : onFail) as Next<unknown, A | B>;
        if (!next) return this.resolved ? resolve(this.#value as A) : reject(this.#value);
        try {
          const result = next(this.#value);
          if (isPromise(result)) result.then(resolve, reject);
          else resolve(result as A | B);
        } catch (error) {
          reject(error);
        }
      };
      if (this.pending) this.#listeners.push(listener);
      else listener();
    }, this);
  }

  catch<B = never>(onFail: Next<E, B>): Cancellable<T | B> {
    return this.then(null, onFail);
  }

  /** Calls a function with the value or the error; its result is that of the new promise. */
  always<A>(listener: (outcome: T | E) => A | PromiseLike<A>): Cancellable<A> {
    return this.then(listener, listener);
  }

  /** Calls a function, and then has the outcome of this promise. */
  finally(listener?: (() => unknown) | null): Cancellable<T> {
    const after = () => new Cancellable<void>((resolve) => resolve()).then(listener).then(() => this);
    return this.then(after, after);
  }

  /** Rejects the promise with a CancellationError. */
  cancel(): this {
    if (this.#parent === undefined) this.#reject(new CancellationError());
    else this.#parent.cancel();
    return this;
  }

  /** Rejects the promise with a TimeoutError if it is not settled in time. */
  timeout(ms: number): this {
    if (this.#parent !== undefined) this.#parent.timeout(ms);
    else {
      const timer = setTimeout(() => this.#reject(new TimeoutError(`Promise timed out after ${ms} ms`)), ms);
      this.always(() => clearTimeout(timer));
    }
    return this;
  }

  /** Resolves with the results of all promises, or rejects with the first error. */
  static all<T>(promises: readonly PromiseLike<T>[]): Cancellable<T[]> {
    return new Cancellable((resolve, reject) => {
      const results: T[] = [];
      let missing = promises.length;
      if (missing === 0) resolve(results);
      for (const [i, promise] of promises.entries()) {
        promise.then((result) => {
          results[i] = result;
          if (--missing === 0) resolve(results);
        }, reject);
      }
    });
  }

  /** Returns a promise, and the functions that settle it. */
  static defer<T>(): Resolver<T> {
    const resolver = {} as { -readonly [K in keyof Resolver<T>]: Resolver<T>[K] };
    resolver.promise = new Cancellable((resolve, reject) => Object.assign(resolver, { resolve, reject }));
    return resolver;
  }

  #settle(state: 'resolved' | 'rejected', value: unknown): void {
    if (!this.pending) return;
    this.pending = false;
    this[state] = true;
    this.#value = value;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

// The name under which programs get it.
Object.defineProperty(Cancellable, 'name', { value: 'Promise' });

function isPromise(value: unknown): value is PromiseLike<never> {
  const { then, catch: handle } = (value ?? {}) as { readonly then?: unknown; readonly catch?: unknown };
  return typeof then === 'function' && typeof handle === 'function';
}
