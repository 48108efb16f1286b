import assert from 'node:assert';
import { type Compare, createEntry, type Entry } from '../../machines/queue/entry.ts';
import type { MatchCursor } from '../../machines/queue/match-cursor.ts';
import { decide } from '../../machines/rules/decide.ts';
import { delay, hasNext, hasNextWith, learn, putBack, take } from '../../machines/rules/take.ts';
import type { Effect } from '../../machines/state/effects.ts';
import { FAULTY, type Fault, type PoolState } from '../../machines/state/pool-state.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import { checkEnds, checkNewRooms, checkWorld, show } from '../../testing/model/invariants.ts';
import {
  acceptsIn,
  type Body,
  isHeldIn,
  type Mode,
  matchingIn,
  nth,
  orders,
  prefersIn,
  type Shape,
  stateIn,
  type Task,
  withNth,
} from './world-kind.ts';
import { WorldTokens } from './world-tokens.ts';

/**
 * Acts as processes, callers and the kind for the pure rules, in any order, and checks the invariants after each step.
 * The numbers are those of the invariants in the reference semantics.
 */
export class World {
  readonly pool: PoolState;
  readonly bodies = new Map<string, Body>();
  readonly entries: Entry[] = [];
  /** The number of times that each entry has settled. */
  readonly settled = new Map<Entry, number>();
  rooms = 0;
  readonly #mail: SupervisorEvent[] = [];
  readonly #overdue: { worker: string; entry: Entry }[] = [];
  readonly #faults: Fault[] = [];
  #compare: Compare | undefined;
  #outside = 0;
  readonly #tokens: WorldTokens;
  readonly mode: Mode;

  constructor(shape: Shape) {
    this.mode = shape.mode ?? 'match';
    this.#tokens = new WorldTokens(shape.tokens);
    this.pool = stateIn(shape, this.#faults, {
      accept: (cursor, entry) => this.accepts(cursor, entry),
      requestOf: (cursor, entry) => this.#requestOf(cursor, entry),
      isContended: this.#tokens.isContended,
    });
    this.send({ type: 'enqueue' });
  }

  /** The possible events; `a` and `b` choose among the possibilities. */
  readonly acts: Readonly<Record<string, (a: number, b: number) => void>> = {
    push: (a, b) => {
      if (this.pool.degraded === undefined) this.#push(a, b, undefined);
      this.send({ type: 'enqueue' });
    },
    ready: (a) => this.#with(a, ['starting'], (body) => this.#becomeFree(body)),
    answer: (a, b) => this.#with(a, ['busy'], (body) => this.#answer(body, b)),
    die: (a, b) => this.#with(a, ['starting', 'free', 'busy'], (body) => this.#exit(body, b)),
    exit: (a) => this.#with(a, ['ending', 'dying'], (body) => this.#exit(body, 0)),
    cancelTask: (a, b) => {
      const entry = nth(this.entries, a);
      if (entry !== undefined) this.send({ type: 'cancelTask', entry, grace: b % 2 === 0 });
    },
    overdue: (a) => {
      const late = nth(this.#overdue, a);
      if (late !== undefined) this.send({ type: 'overdue', ...late });
    },
    cancelWorker: (a) =>
      this.#with(a, ['starting', 'free', 'busy', 'ending', 'dying'], ({ seat }) => {
        this.send({ type: 'cancelWorker', worker: seat.id });
      }),
    cancelAll: () => this.send({ type: 'cancelAll' }),
    change: (a) => {
      this.#outside = a;
      this.send({ type: 'broadcast' });
    },
    setOrder: (a) => {
      this.#compare = orders[a % 3];
      this.send({ type: 'setOrder', compare: this.#compare });
    },
    pause: () => this.send({ type: 'pause' }),
    resume: () => this.send({ type: 'resume' }),
    resize: (a) => this.send({ type: 'resize', size: a % 4 }),
    retire: (a) => this.#with(a, ['free'], ({ seat }) => this.send({ type: 'retire', worker: seat.id })),
    due: (a) => withNth([...this.pool.delayed], a, (entry) => this.send({ type: 'due', entry })),
    tick: () => {
      if (this.pool.scheduling.isWatched) this.send({ type: 'impatient', timer: this.pool.scheduling.timer });
    },
    contend: () => this.#tokens.contend(),
    grant: (a) => this.#tokens.grant(a % 2 === 0, (event) => this.send(event)),
    measure: (a, b) => this.send({ type: 'measured', means: { cost: a % 100, work: b % 50 } }),
    respawn: (a) => withNth([...this.pool.waiting], a, (slot) => this.send({ type: 'respawn', slot })),
  };

  /** Sends an event to the rules, carries out their effects, and checks everything. */
  send(first: SupervisorEvent): void {
    this.#mail.push(first);
    for (let event = this.#mail.shift(); event !== undefined; event = this.#mail.shift()) {
      const effects = decide(this.pool, event);
      checkNewRooms(this);
      for (const effect of effects) this.#carryOut(effect);
      if (this.#mail.length === 0) checkWorld(this);
      this.#tokens.check(this.pool);
      checkEnds([...this.bodies.values()].map(({ seat, state }) => ({ seat, process: state })));
    }
  }

  /** Finishes everything under way: workers start, answer and exit. */
  settle(): void {
    while (this.pool.holds > 0) this.send({ type: 'resume' });
    for (let round = 0; round < 1000; round++) {
      const body = [...this.bodies.values()].find(({ state }) => state !== 'free');
      if (this.pool.delayed.size > 0) this.acts.due?.(0, 0);
      else if (this.#tokens.canGrant) this.acts.grant?.(0, 0);
      else if (this.pool.waiting.size > 0) this.acts.respawn?.(0, 0);
      else if (body === undefined) return;
      else if (body.state === 'starting') this.#becomeFree(body);
      else if (body.state === 'busy') this.#answer(body, 0);
      else this.#exit(body, 0);
    }
    assert.fail('the pool never comes to rest');
  }

  /** 1: every task that entered has settled, once. 5: nothing is left. */
  checkEnd(): void {
    for (const entry of this.entries) assert.equal(this.settled.get(entry), 1, `${show(entry)} has not settled once`);
    assert.equal(this.pool.queue.length + this.pool.busy + this.pool.seats.size, 0, 'something is left');
    this.#tokens.checkEnd();
  }

  #carryOut(effect: Effect): void {
    const { pool, bodies } = this;
    this.#tokens.carryOut(effect);
    switch (effect.type) {
      case 'spawn':
        // 5: never more live workers than the size.
        assert.ok(pool.seats.size <= pool.size, 'more workers than the size');
        bodies.set(effect.seat.id, { seat: effect.seat, state: 'starting', knows: undefined });
        return;
      case 'dispatch':
        assert.equal(pool.holds, 0, 'dispatched while paused');
        return this.#receive(bodies.get(effect.seat.id) as Body, 'free', effect.requests);
      case 'retire':
      case 'cancel':
      case 'kill':
        return this.#end(bodies.get(effect.seat.id) as Body, effect.type);
      case 'abort':
        this.#overdue.push({ worker: effect.seat.id, entry: effect.entry });
        return;
      case 'forget':
        assert.ok(bodies.delete(effect.seat.id));
        return;
      case 'settle':
        return this.#onSettle(effect);
      case 'announce':
        if (effect.what === 'stalled') assert.ok(pool.queue.length > 0);
        else assert.equal(pool.busy, 0);
        if (effect.what === 'idle') assert.equal(pool.queue.length, 0);
    }
  }

  #end(body: Body, how: 'retire' | 'cancel' | 'kill'): void {
    assert.equal(how === 'kill', body.state === 'ending', `${how} of a worker that is ${body.state}`);
    body.state = how === 'retire' ? 'ending' : 'dying';
  }

  #onSettle({ entry, cause }: Effect & { type: 'settle' }): void {
    if (cause.type === 'stranded' && this.pool.phase === 'open') {
      assert.ok(entry.origin !== undefined && !this.pool.seats.has(entry.origin), 'its maker is alive');
      assert.ok(
        !this.accepts(this.pool.freshCursor, entry),
        `${show(entry)} is stranded, though a fresh worker takes it`,
      );
    }
    this.#count(entry);
  }

  #count(entry: Entry): void {
    this.settled.set(entry, (this.settled.get(entry) ?? 0) + 1);
  }

  #push(a: number, b: number, origin: string | undefined): void {
    const makes = b % 11 === 0 ? 'nothing' : b % 13 === 0 ? 'fault' : 'request';
    const task: Task = { rank: a % 8, makes, tries: b % 5 === 0 ? 1 : 0 };
    const key = matchingIn(this.mode).keys !== undefined && a % 3 > 0 ? String(a % 2) : undefined;
    const entry = createEntry(task, { priority: a % 17 === 0 ? 1 : 0, key, origin });
    this.entries.push(entry);
    this.pool.queue.push(entry);
    if (origin !== undefined) this.pool.followUps.add(entry);
  }

  /** Returns whether this status may take this task now. */
  accepts(cursor: MatchCursor, entry: Entry): boolean {
    return acceptsIn(this.mode, this.#outside, cursor, entry);
  }

  #requestOf(cursor: MatchCursor, entry: Entry): unknown {
    // 4: the status takes the task at this moment.
    assert.ok(this.accepts(cursor, entry), `${show(entry)} went to a status that refuses it`);
    // 7: no earlier task in the order is left for it, unless it prefers this one, or leaves the other to a busy worker.
    for (const other of this.pool.queue) {
      if (!this.#isBefore(other, entry) || !this.accepts(cursor, other)) continue;
      const isPreferred = prefersIn(this.mode, cursor, entry) && !prefersIn(this.mode, cursor, other);
      const isLeft = isHeldIn(this.mode, this.pool, other) && !prefersIn(this.mode, cursor, other);
      const isLeftByFresh = cursor.status.type === 'fresh' && isHeldIn(this.mode, this.pool, other);
      assert.ok(isPreferred || isLeft || isLeftByFresh, `${show(other)} was passed over for ${show(entry)}`);
    }
    const { makes } = entry.task as Task;
    if (makes === 'fault') this.#faults.push({ entry, hook: 'requestOfTask', error: new Error('thrown') });
    return makes === 'nothing' ? undefined : makes === 'fault' ? FAULTY : { entry, status: cursor.status };
  }

  #isBefore(a: Entry, b: Entry): boolean {
    return (this.#compare?.(a.task, b.task) || b.priority - a.priority || a.turn - b.turn) < 0;
  }

  /** Delivers requests to a worker. 4: they were made for its real status. */
  #receive(body: Body, before: Body['state'], requests: readonly unknown[]): void {
    assert.equal(body.state, before, `${body.seat.id} gets requests`);
    body.state = 'busy';
    for (const request of requests as { entry: Entry; status: { competence?: number } }[]) {
      assert.equal(request.status.competence, body.knows);
      assert.ok(body.seat.held.includes(request.entry));
    }
  }

  #becomeFree(body: Body): void {
    body.state = 'free';
    this.send({ type: 'free', worker: body.seat.id });
  }

  /** Does what the worker's machine and the master do with an answer to the oldest request. */
  #answer(body: Body, choice: number): void {
    const { pool } = this;
    const { seat } = body;
    const entry = seat.held.shift() as Entry;
    const isAgain = entry.place !== 'settled' && choice % 13 === 12 && (entry.task as Task).tries-- > 0;
    if (isAgain) this.#failAttempt(entry);
    const isWanted = entry.place !== 'settled' && !isAgain;
    if (isWanted) {
      entry.place = 'settled';
      this.#count(entry);
      for (let i = choice % 7; i > 4; i--) this.#push(choice, i, seat.id);
    }
    if (isWanted && choice % 4 === 3) {
      body.state = 'ending';
      return this.send({ type: 'ended', worker: seat.id });
    }
    if (isWanted && choice % 4 !== 2) {
      const knows = choice % 6;
      body.knows = knows;
      const isNext = hasNextWith(pool, seat, knows);
      learn(pool, seat, knows);
      return isNext ? this.#takeNext(body) : this.#becomeFree(body);
    }
    return hasNext(pool, seat) ? this.#takeNext(body) : this.#becomeFree(body);
  }

  /** An attempt at a task throws, and the task has another one: it waits for that, or comes back at once. */
  #failAttempt(entry: Entry): void {
    const effects: Effect[] = [];
    if ((entry.task as Task).rank % 2 === 0) delay(this.pool, entry, 1, effects);
    else putBack(this.pool, entry);
    for (const effect of effects) this.#carryOut(effect);
  }

  #takeNext(body: Body): void {
    const effects: Effect[] = [];
    const requests = take(this.pool, body.seat, effects);
    for (const effect of effects) this.#carryOut(effect);
    this.#receive(body, 'busy', requests);
    if (body.seat.held.length > 0) return;
    if (hasNext(this.pool, body.seat)) return this.#takeNext(body);
    this.#becomeFree(body);
  }

  #exit({ seat, state }: Body, choice: number): void {
    const answered = seat.tasks - seat.held.length;
    const begun =
      choice % 3 === 0 ? {} : { begun: Math.min(seat.tasks, answered + (choice % 3) - (state === 'busy' ? 0 : 1)) };
    const last = seat.phase === 'ending' ? {} : begun;
    const exit = { exitCode: null, signal: 'SIGKILL', reason: 'signal', ...last } as const;
    this.send({ type: 'exited', worker: seat.id, exit });
  }

  #with(a: number, states: readonly Body['state'][], act: (body: Body) => void): void {
    const body = nth(
      [...this.bodies.values()].filter(({ state }) => states.includes(state)),
      a,
    );
    if (body !== undefined) act(body);
  }
}
