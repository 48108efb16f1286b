import type { AnyStateMachine } from 'xstate';

/** The parts of XState that are used, on any version. The optional parts came later. */
export interface Lib {
  createMachine(config: object): AnyStateMachine;
  createActor(logic: object, options?: object): LibActor;
  assign(assigner: object): unknown;
  sendParent(event: object): unknown;
  raise(event: object): unknown;
  not(guard: string): unknown;
  fromCallback(
    callback: (args: { sendBack(event: object): void; receive(listener: () => void): void }) => unknown,
  ): object;
  readonly SimulatedClock: new () => { increment(ms: number): void };
  enqueueActions?(
    collect: (
      args: { readonly enqueue: Enqueue; check(guard: string): boolean } & Pick<Args, 'event' | 'self'>,
    ) => void,
  ): unknown;
  emit?(event: object): unknown;
}

/** The collector of actions that XState gives, as far as it is used here. */
type Enqueue = ((action: unknown) => void) &
  Record<'emit' | 'raise' | 'assign', (of: unknown) => void> &
  Record<'sendTo', (to: unknown, event: object) => void>;

/** An actor, as far as the comparisons use it. */
export interface LibActor {
  start(): unknown;
  send(event: object): void;
  getSnapshot(): unknown;
}

/** A small random generator: the same seed gives the same numbers. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 2654435761) ^ 0x5bf03635) & 0x7fffffff;
  }

  /** Returns a number from 0 up to 1. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) & 0x7fffffff;
    return this.#state / 0x80000000;
  }

  /** Returns true with that probability. */
  is(likelihood: number): boolean {
    return this.next() < likelihood;
  }

  /** Returns a random element of a list. */
  of<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }

  /** Makes a random number of things, from `least` to `most`. */
  many<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + Math.floor(this.next() * (most - least + 1)) }, (_, i) => make(i));
  }
}

type Args = {
  context: { n?: number };
  event: { type: string; k?: number };
  self: LibActor & { system?: unknown };
  system: unknown;
};

/** The events for random machines. No machine has a transition of its own for the last two. */
export const EVENTS = ['e0', 'e1', 'e2', 'a.b', 'r', 'a.b.c', 'unheard'] as const;

/** Makes random machines that write their actions into a log; the same seed makes the same machine. */
export class Maker {
  readonly #lib: Lib;
  readonly #chance: Chance;
  readonly #log: string[];
  readonly #count: number;
  /** The probability of each feature that no plan supports; 0 for half of the machines. */
  readonly #odd: number;
  readonly #builtins: unknown[];

  constructor(lib: Lib, seed: number, log: string[]) {
    this.#lib = lib;
    this.#log = log;
    this.#chance = new Chance(seed);
    this.#count = 2 + Math.floor(this.#chance.next() * 4);
    this.#odd = this.#chance.is(0.5) ? 0 : 0.15;
    this.#builtins = ['count', 'notify', 'raise', 'many', 'emit', { type: 'say', params: { word: 'hi' } }, 'missing'];
    this.#builtins.push(
      { type: 'say', params: ({ event }: Args) => ({ k: event.k }) },
      lib.sendParent({ type: 'direct' }),
    );
  }

  /** Makes the machine, with its implementations. */
  make(): AnyStateMachine {
    const { is, states } = { is: (likelihood: number) => this.#chance.is(likelihood), states: this.#states() };
    const odd = this.#odd;
    const config = {
      id: 'm',
      initial: 's0',
      ...(is(0.2) ? {} : { context: is(0.5) ? { n: 0 } : () => ({ n: 1 }) }),
      ...(is(0.2) ? { entry: 'a0' } : {}),
      ...(is(odd) ? { on: this.#on(-1) } : {}),
      ...(is(odd / 2) ? { always: { guard: 'isDue', actions: ['count', 'a1'] } } : {}),
      ...(is(odd) ? { invoke: { src: 'child', id: 'of root' } } : {}),
      ...(is(0.1) ? { output: ({ context }: Args) => context.n } : {}),
      tags: 'root',
      states,
    };
    return this.#lib.createMachine(config).provide(this.#implementations() as never);
  }

  #implementations(): object {
    const { assign, sendParent, raise, enqueueActions, emit, fromCallback } = this.#lib;
    const log = this.#log;
    // An event that was forwarded forwards nothing: otherwise the machine would never end.
    const isFirst = ({ type, k }: Args['event']) => k !== undefined && type !== 'r';
    let births = 0;
    return {
      guards: {
        isEven: ({ event }: Args) => Number(event.k) % 2 === 0,
        isLow: ({ context }: Args) => Number(context.n) % 3 < 2,
        isFifth: ({ event }: Args) => Number(event.k) % 5 === 0 || 0,
        isDue: ({ context }: Args) => Number(context.n) % 7 === 3,
        isAsked: (_: Args, params: { is: boolean }) => params.is,
        alias: 'isEven',
        fuse({ event }: Args) {
          if (event.k === 17) throw new Error('blown');
          return event.k !== 16;
        },
      },
      actions: {
        a0: this.#note('a0'),
        a1: this.#note('a1'),
        a2: this.#note('a2'),
        say: this.#note('say'),
        boom({ event }: Args) {
          log.push('boom');
          if (event.k === 13) throw new Error('burst');
        },
        again: ({ self, event }: Args) => void (isFirst(event) && self.send({ type: 'r', k: 1 })),
        count: assign({ n: ({ context }: Args) => (context.n ?? 0) + 1 }),
        notify: sendParent(({ event }: Args) => ({ type: 'notified', of: event.type })),
        raise: enqueueActions?.(({ enqueue, event }) => {
          if (isFirst(event)) enqueue(raise({ type: 'r', k: 2 }));
        }),
        many: enqueueActions?.(({ enqueue }) => {
          enqueue('a2');
          enqueue('count');
          enqueue('a0');
        }),
        emit: emit?.({ type: 'emitted' }),
        post: enqueueActions?.(({ enqueue, event, self }) => this.#collect(enqueue, event, self)),
        ask: enqueueActions?.(({ enqueue, check }) => {
          if (check('isEven')) enqueue.emit({ type: 'asked' });
        }),
      },
      actors: {
        child: fromCallback(({ sendBack, receive }) => {
          log.push('child begins');
          // Only the first ones: the sent event may start another.
          if (births++ < 3) sendBack({ type: 'r', k: 3 });
          receive(() => {});
          return () => void log.push('child ends');
        }),
      },
    };
  }

  /** Collects mostly what is sent, and sometimes what only XState can do. */
  #collect(enqueue: Enqueue, event: Args['event'], self: LibActor): void {
    const log = this.#log;
    const k = Number(event.k);
    const { children } = (self.getSnapshot() as { children?: Record<string, unknown> }) ?? {};
    log.push(`collect ${event.type} ${k}`);
    if (k % 2 === 0) enqueue.emit({ type: 'posted', k });
    for (const child of Object.keys(children ?? {})) enqueue.sendTo(child, { type: 'heard' });
    if (k % 3 === 0) enqueue.emit({ type: 'emitted', k });
    if (k === 5) enqueue('a2');
    if (k === 7) enqueue.sendTo('nobody', { type: 'heard' });
    if (k === 11 && event.type !== 'r') enqueue.raise({ type: 'r', k: 2 });
    if (k === 13) throw new Error('burst');
    if (k === 14) enqueue.assign({ n: 5 });
    if (k === 15) enqueue.sendTo(({ self: me }: { self: unknown }) => me, { type: 'unheard' });
    if (k === 16) enqueue.emit(() => ({ type: 'emitted', k: 1 }));
  }

  #states(): Record<string, object> {
    return Object.fromEntries(Array.from({ length: this.#count }, (_, i) => [`s${i}`, this.#state(i)]));
  }

  #state(index: number): object {
    const { is, odd } = { is: (likelihood: number) => this.#chance.is(likelihood), odd: this.#odd };
    if (index > 0 && is(0.08)) return { type: 'final', entry: this.#actions(), tags: 'over', output: () => 'over' };
    const own = {
      on: this.#on(index),
      ...(is(0.3) ? { entry: this.#actions() } : {}),
      ...(is(0.3) ? { exit: this.#actions() } : {}),
      ...(is(0.5) ? { tags: this.#chance.many(0, 2, (i) => `t${i}`) } : {}),
      ...(is(0.2) ? { meta: { of: index }, description: 'A state.' } : {}),
      ...(is(odd / 2) ? { always: { guard: 'isDue', target: this.#later(index), actions: 'count' } } : {}),
      ...(is(odd / 2) ? { after: { 100: this.#transition(index) } } : {}),
      ...(is(odd) ? { invoke: { src: 'child', id: `of ${index}` } } : {}),
    };
    if (!is(odd)) return own;
    const leaf = () => ({ on: this.#on(index), entry: this.#actions(), tags: 'leaf' });
    const inner = { initial: 'c0', states: { c0: leaf(), c1: is(0.3) ? { type: 'final' } : leaf() } };
    if (is(0.3)) return { ...own, type: 'parallel', states: { p: inner, q: { initial: 'x', states: { x: leaf() } } } };
    const states = is(0.4) ? { ...inner.states, h: { type: 'history' } } : inner.states;
    return { ...own, ...inner, states, onDone: { actions: 'a2' } };
  }

  #on(index: number): Record<string, unknown> {
    const on: Record<string, unknown> = {};
    for (const event of EVENTS.slice(0, 5)) {
      if (!this.#chance.is(0.7)) continue;
      const all = this.#chance.many(1, 3, () => this.#transition(index));
      on[event] = this.#chance.is(0.05) ? undefined : all.length === 1 ? all[0] : all;
    }
    for (const event of ['a.*', 'a.b.*', '*']) if (this.#chance.is(this.#odd)) on[event] = this.#transition(index);
    return on;
  }

  #transition(index: number): object {
    const target = this.#target(index);
    return {
      ...(target === undefined ? {} : { target }),
      ...(this.#chance.is(0.55) ? { guard: this.#guard() } : {}),
      ...(this.#chance.is(0.8) ? { actions: this.#chance.is(0.15) ? this.#collector() : this.#actions() } : {}),
      ...(this.#chance.is(this.#odd) ? { reenter: this.#chance.is(0.7) } : {}),
      ...(this.#chance.is(0.1) ? { description: 'A transition.', meta: {} } : {}),
    };
  }

  #target(index: number): string | undefined {
    if (this.#chance.is(0.5)) return undefined;
    const target = Math.floor(this.#chance.next() * this.#count);
    if (index < 0) return `.s${target}`;
    return `#m.s${target}`;
  }

  /** An eventless transition leads only to later states: otherwise it could run in a circle for ever. */
  #later(index: number): string {
    return `#m.s${Math.min(this.#count - 1, index + 1)}`;
  }

  #guard(): unknown {
    if (this.#chance.is(this.#odd))
      return this.#chance.of([{ type: 'isAsked', params: { is: true } }, this.#lib.not('isEven'), 'alias']);
    return this.#chance.of([
      'isEven',
      'isLow',
      'isFifth',
      'fuse',
      { type: 'isEven' },
      ({ event }: Args) => event.k !== 4,
    ]);
  }

  #actions(): unknown {
    const all = this.#chance.many(0, 3, () => {
      if (this.#chance.is(this.#odd)) return this.#chance.of(this.#builtins);
      return this.#chance.of(['a0', 'a1', 'a2', { type: 'a1' }, 'boom', 'again', this.#note('inline')]);
    });
    return all.length === 1 && this.#chance.is(0.5) ? all[0] : all;
  }

  #collector(): unknown {
    return this.#chance.of(['post', ['post'], { type: 'post' }, 'ask', ['a0', 'post'], 'again']);
  }

  #note(name: string) {
    return (args: Args, params?: unknown) => {
      const { context, event, self, system } = args;
      const { value } = (self.getSnapshot() as { value?: unknown } | undefined) ?? {};
      const isOwn = self.system === undefined || self.system === system;
      this.#log.push(`${name} ${Object.keys(args)} ${event.type} ${event.k} ${context.n} ${isOwn}`);
      this.#log.push(JSON.stringify([value, params]));
    };
  }
}
