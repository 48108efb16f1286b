import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type * as Planned from '../../machines/plan/plan.ts';
import type * as Planning from '../../machines/plan/steps.ts';
import { Chance, EVENTS, type Lib, type LibActor, Maker } from './plan-machines.ts';

/** The counts of a comparison. */
export interface Tally {
  /** The number of machines, and of the pairs of state and event planned in them. */
  machines: number;
  pairs: number;
  /** The number of events to both, of those that took a planned step, and of those that changed the state by it. */
  events: number;
  planned: number;
  moved: number;
  /** The number of events with equal results, and the differences. */
  agreed: number;
  readonly differences: string[];
}

/** Makes an empty tally. */
export function newTally(): Tally {
  return { machines: 0, pairs: 0, events: 0, planned: 0, moved: 0, agreed: 0, differences: [] };
}

/** Counts the events that a machine's interpreter gets. Wraps the machine before it has plans. */
export function counted<M extends AnyStateMachine>(
  machine: M,
): { readonly machine: M; readonly seen: { events: number } } {
  const seen = { events: 0 };
  const interpret = machine.transition;
  machine.transition = ((...args: Parameters<typeof interpret>) => {
    seen.events++;
    return interpret(...args);
  }) as M['transition'];
  return { machine, seen };
}

/**
 * Puts a machine under a parent that writes the messages to it into the log. @throws when the machine cannot be made
 */
export function underParent(
  lib: Lib,
  machine: AnyStateMachine,
  log: string[],
  options: { clock?: unknown; input?: unknown } = {},
) {
  const hear = ({ event }: { event: { type: string; of?: unknown; output?: unknown; error?: unknown } }) =>
    void log.push(`parent gets ${event.type} ${event.of} ${event.output} ${event.error}`);
  const { input, ...rest } = options;
  const parent = lib.createActor(
    lib.createMachine({
      invoke: { src: machine, id: 'it', input, onError: { actions: hear } },
      on: { '*': { actions: hear } },
    }),
    rest,
  );
  parent.start();
  const { it } = (parent.getSnapshot() as { children: { it?: LibActor & { on?: typeof on } } }).children;
  if (it === undefined) throw new Error('the actor was not made');
  const on = (_type: string, _listener: (event: { type: string }) => void): void => {};
  // Only later versions emit.
  for (const type of ['emitted', 'posted', 'asked']) it.on?.(type, () => void log.push(`outside hears ${type}`));
  return it;
}

/** Returns everything visible of a snapshot as a text; `context` replaces its context in it. */
export function picture(snapshot: AnyMachineSnapshot, event: object, context: unknown = snapshot.context): string {
  const { value, status, tags, children, historyValue, output, error, _nodes } = snapshot;
  if (_nodes === undefined) return `${status} ${error}`;
  const ids = (nodes: readonly { id: string }[]) => nodes.map(({ id }) => id);
  const history = Object.entries(historyValue).map(([key, nodes]) => [key, ids(nodes as never)]);
  const { type } = event as { type: string };
  return [
    JSON.stringify([
      value,
      status,
      context,
      [...tags],
      Object.keys(children),
      history,
      output,
      String(error),
      ids(_nodes),
    ]),
    // At this number no guard throws.
    snapshot.can({ ...event, k: 2 } as never),
    snapshot.matches('s1'),
    snapshot.hasTag('t1'),
    Object.keys(snapshot).join(),
    // A rarer event, so that only few events cost this time.
    type === 'unheard' ? JSON.stringify([{ ...(snapshot.toJSON() as object), context }, snapshot.getMeta()]) : '',
  ].join(' ');
}

/** A random machine, planned or not, with its actor. */
class Side {
  readonly log: string[] = [];
  readonly machine: AnyStateMachine;
  readonly #lib: Lib;
  #clock = { increment(_ms: number): void {} };
  #actor: LibActor | undefined;
  #before: unknown;

  constructor(lib: Lib, seed: number, prepare: (machine: AnyStateMachine) => AnyStateMachine) {
    this.#lib = lib;
    this.machine = prepare(new Maker(lib, seed, this.log).make());
  }

  begin(): void {
    this.#clock = new this.#lib.SimulatedClock();
    this.#actor = underParent(this.#lib, this.machine, this.log, { clock: this.#clock });
    this.#before = this.snapshot;
  }

  get snapshot(): AnyMachineSnapshot {
    return this.#actor?.getSnapshot() as AnyMachineSnapshot;
  }

  /** Sends an event and describes the result. */
  after(event: { type: string }): string {
    if (event.type === 'time') this.#clock.increment(60);
    else this.#actor?.send(event);
    const isNew = this.snapshot !== this.#before;
    this.#before = this.snapshot;
    return `${isNew} ${picture(this.snapshot, event)} ${this.log.splice(0).join('; ')}`;
  }
}

/** Sends the same random events to a random machine and to its planned twin, and compares everything visible. */
export function compareMachine(
  lib: Lib,
  { planSteps, plannedEvents }: typeof Planned & typeof Planning,
  seed: number,
  tally: Tally,
  count = 120,
): void {
  const chance = new Chance(seed + 0x1000000);
  let isOff = false;
  let seen = { events: 0 };
  const planned = new Side(lib, seed, (machine) => {
    const counter = counted(machine);
    seen = counter.seen;
    for (const events of plannedEvents(machine).values()) tally.pairs += events.length;
    return planSteps(counter.machine, () => isOff);
  });
  const plain = new Side(lib, seed, (machine) => machine);
  tally.machines++;
  for (let i = 0; i < count; i++) {
    if (i === 0 || plain.snapshot.status !== 'active') for (const side of [planned, plain]) side.begin();
    isOff = chance.is(0.02);
    const event = { type: chance.is(0.04) ? 'time' : chance.of(EVENTS), k: Math.floor(chance.next() * 20) };
    const [before, { value, status }] = [seen.events, plain.snapshot];
    const [is, should] = [planned.after(event), plain.after(event)];
    tally.events++;
    if (event.type !== 'time' && status === 'active' && seen.events === before) {
      if (isOff) tally.differences.push(`seed ${seed}, event ${i} was planned, though plans were off`);
      tally.planned++;
      if (plain.snapshot.value !== value) tally.moved++;
    }
    if (is !== should) {
      tally.differences.push(
        `seed ${seed}, event ${i} ${JSON.stringify(event)}\n  planned: ${is}\n  xstate:  ${should}`,
      );
      return;
    }
    tally.agreed++;
  }
}
