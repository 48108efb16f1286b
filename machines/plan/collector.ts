import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';

/** An action of XState's own, as its interpreter uses it. */
export interface Builtin {
  readonly type: string;
  readonly resolve: (
    scope: Scope,
    snapshot: AnyMachineSnapshot,
    args: object,
    params: undefined,
    action: Builtin,
    extra: object,
  ) => readonly [snapshot: unknown, params: unknown, actions: unknown];
  readonly execute?: (scope: Scope, params: unknown) => void;
}

/** The part of an actor's scope that plans use: its types do not show all of it. */
export interface Scope {
  readonly self: object;
  readonly system: { _relay(source: object, target: object, event: object): void };
  defer(act: () => void): void;
  emit(event: object): void;
}

type Enqueue = Record<string, (...args: readonly unknown[]) => void> & ((...args: readonly unknown[]) => void);
type Collect = (args: CollectArgs, params: undefined) => void;

interface CollectArgs {
  readonly context: unknown;
  readonly event: object;
  readonly enqueue: Enqueue;
  readonly check: (guard: unknown) => boolean;
  readonly self: object;
  readonly system: object;
}

/** A call of `enqueue`, or of one of its methods, in an action made by `enqueueActions`. */
interface Call {
  readonly method: string | undefined;
  readonly args: readonly unknown[];
}

/** The calls in one run of a collector, and what it threw. */
export interface Collection {
  readonly calls: readonly Call[];
  readonly fault: { readonly error: unknown } | undefined;
}

/** Returns whether an implementation is an action made by `enqueueActions`. */
export function isCollector(builtin: unknown): builtin is Builtin & { readonly collect: Collect } {
  if (typeof builtin !== 'function') return false;
  const { type, collect, resolve } = builtin as { type?: unknown; collect?: unknown; resolve?: unknown };
  return type === 'xstate.enqueueActions' && typeof collect === 'function' && typeof resolve === 'function';
}

/**
 * An action made by `enqueueActions`, which a plan can run without XState. It may change what the context refers to, so
 * that it must run once for each event. If XState is needed after all, XState gets the calls of that run again.
 */
export class Collector {
  readonly #name: string;
  readonly #builtin: Builtin & { readonly collect: Collect };
  /** The methods of XState's `enqueue`, each of which notes its calls. XState's first run shows their names. */
  #enqueue: Enqueue | undefined;
  #calls: Call[] = [];
  /** Is true after the action has asked for a guard, which only XState can check. */
  #isChecking = false;
  /** The calls that XState gets instead of another run. */
  #replayed: Collection | undefined;

  constructor(name: string, builtin: Builtin & { readonly collect: Collect }) {
    this.#name = name;
    this.#builtin = builtin;
  }

  /** Gives the machine a copy of the action, which can replay a run. */
  install({ implementations }: AnyStateMachine): void {
    const collect: Collect = (args, params) => this.#interpret(args, params);
    const copy = Object.assign(() => {}, this.#builtin, { collect });
    (implementations.actions as Record<string, unknown>)[this.#name] = copy;
  }

  /**
   * Runs the action, and returns its calls. Returns `undefined` if XState must run it: it never has, or the action asks
   * for a guard. A guard must come before any effect on what the context refers to.
   */
  run(context: unknown, event: object, { self, system }: Scope): Collection | undefined {
    const enqueue = this.#enqueue;
    if (enqueue === undefined) return undefined;
    const outer = this.#calls;
    const calls: Call[] = [];
    this.#calls = calls;
    this.#isChecking = false;
    try {
      this.#builtin.collect({ context, event, enqueue, check: this.#check, self, system }, undefined);
      return this.#isChecking ? undefined : { calls, fault: undefined };
    } catch (error) {
      return this.#isChecking ? undefined : { calls, fault: { error } };
    } finally {
      this.#calls = outer;
    }
  }

  /** Lets XState take the step with the calls of a run instead of another run. */
  replay<T>(collection: Collection, interpret: () => T): T {
    this.#replayed = collection;
    try {
      return interpret();
    } finally {
      this.#replayed = undefined;
    }
  }

  readonly #check = (): never => {
    this.#isChecking = true;
    throw new Error('guards are checked by XState');
  };

  #interpret(args: CollectArgs, params: undefined): void {
    const collection = this.#replayed;
    this.#replayed = undefined;
    this.#enqueue ??= this.#noting(Object.keys(args.enqueue));
    if (collection === undefined) return this.#builtin.collect(args, params);
    for (const { method, args: given } of collection.calls) {
      if (method === undefined) args.enqueue(...given);
      else args.enqueue[method]?.(...given);
    }
    if (collection.fault !== undefined) throw collection.fault.error;
  }

  #noting(methods: readonly string[]): Enqueue {
    const note =
      (method: string | undefined) =>
      (...args: readonly unknown[]): void =>
        void this.#calls.push({ method, args });
    return Object.assign(note(undefined), Object.fromEntries(methods.map((each) => [each, note(each)]))) as Enqueue;
  }
}

/** Returns whether all that was collected is events to living children and to listeners: no snapshot changes by them. */
export function isSending({ calls, fault }: Collection, { children }: AnyMachineSnapshot): boolean {
  if (fault !== undefined) return false;
  for (const { method, args } of calls) {
    const isSent = method === 'sendTo' && args.length === 2 && isChild(args[0], children) && isEvent(args[1]);
    const isEmitted = method === 'emit' && args.length === 1 && isEvent(args[0]);
    if (!isSent && !isEmitted) return false;
  }
  return true;
}

/** Sends what was collected, after the step. */
export function sendAll({ calls }: Collection, { children }: AnyMachineSnapshot, scope: Scope): void {
  for (const { method, args } of calls) {
    if (method === 'emit') scope.defer(() => scope.emit(args[0] as object));
    else {
      const child = (children as Record<string, object>)[args[0] as string] as object;
      scope.defer(() => scope.system._relay(scope.self, child, args[1] as object));
    }
  }
}

/** Returns whether this is the id of a child. XState gives ids with a leading `#_` another meaning. */
function isChild(id: unknown, children: object): boolean {
  if (typeof id !== 'string' || id.startsWith('#_')) return false;
  return Boolean((children as Record<string, unknown>)[id]);
}

/** Returns whether this is a plain event. XState's own event of an error means more than what is sent. */
function isEvent(event: unknown): boolean {
  return typeof event === 'object' && event !== null && (event as { type?: unknown }).type !== 'xstate.error';
}
