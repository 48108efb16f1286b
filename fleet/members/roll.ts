import { randomUUID } from 'node:crypto';
import { clearInterval, dateNow, setInterval } from '../../actors/tooling.ts';
import type { Broker, Presence } from '../broker.ts';
import type { Names } from '../words/names.ts';

/** The entry of a node: it writes it about itself. */
export interface NodeEntry {
  /** The id of this incarnation of the node. */
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly size: number;
  /** The time at which it entered, in ms since 1970. */
  readonly since: number;
  /** The version of its kind: it differs if a function has another source text. */
  readonly kind: string;
}

/** The fleet as one look shows it. */
export interface Look {
  /** The nodes that live. */
  readonly living: ReadonlyMap<string, NodeEntry>;
  /** The nodes that are written down and do not live. */
  readonly dead: readonly NodeEntry[];
  /** Changes with each call of `broadcast`: what nodes have refused before may fit now. */
  readonly epoch: string;
  /** The number of tasks that wait for a node that takes them. */
  readonly parked: number;
  /** Is true while the fleet is paused. */
  readonly isHeld: boolean;
}

/** The id of the entry that holds the epoch. It is no node. */
const EPOCH = 'epoch';

/** The text of an entry that is no node. As JSON. */
const NOTHING = '{}';

/** The longest time between two looks. In ms. */
const INTERVAL = 1000;

/** Reads the roll of a kind: who is written down, who of them lives, and what is parked. */
export async function readRoll(broker: Broker, names: Names): Promise<Look> {
  const [entries, alive, counts] = await Promise.all([
    broker.list(names.roll, 'waiting'),
    broker.living(),
    broker.counts(names.shared),
  ]);
  const there = new Set(alive);
  const living = new Map<string, NodeEntry>();
  const dead: NodeEntry[] = [];
  let epoch = '';
  for (const { id, body, flags } of entries) {
    if (id === EPOCH) epoch = String(flags?.epoch ?? '');
    else if (there.has(names.own(id))) living.set(id, JSON.parse(body) as NodeEntry);
    else dead.push(JSON.parse(body) as NodeEntry);
  }
  return { living, dead, epoch, parked: counts.parked, isHeld: counts.isHeld };
}

/** Begins another epoch: nodes look again at what they have refused. */
export async function beginEpoch(broker: Broker, names: Names): Promise<void> {
  const epoch = randomUUID();
  if (!(await broker.flag(names.roll, EPOCH, { epoch }))) {
    await broker.add(names.roll, [{ id: EPOCH, body: NOTHING, flags: { epoch } }]);
    await broker.flag(names.roll, EPOCH, { epoch });
  }
  await broker.promote(names.shared);
}

/** The place of a node on the roll of its kind: it writes itself down, shows that it lives, and looks who else does. */
export class Roll {
  readonly #broker: Broker;
  readonly #names: Names;
  readonly #about: Omit<NodeEntry, 'id' | 'since'>;
  readonly #timer: NodeJS.Timeout;
  #presence: Presence | undefined;
  #incarnation = '';
  #isLooking = false;
  #hasLeft = false;
  /** The latest look. */
  latest: Look = { living: new Map(), dead: [], epoch: '', parked: 0, isHeld: false };
  /** Is called after each look. */
  onLook: (look: Look) => void = () => {};
  /** Is called when others took this node for dead, and it has entered again under another id. */
  onReborn: () => void = () => {};

  private constructor(broker: Broker, names: Names, about: Omit<NodeEntry, 'id' | 'since'>) {
    this.#broker = broker;
    this.#names = names;
    this.#about = about;
    this.#timer = setInterval(() => void this.refresh(), Math.min(INTERVAL, broker.lease / 4));
    this.#timer.unref?.();
  }

  /** Enters the roll. Resolves when the node is written down. */
  static async enter(broker: Broker, names: Names, about: Omit<NodeEntry, 'id' | 'since'>): Promise<Roll> {
    const roll = new Roll(broker, names, about);
    await roll.#enter();
    return roll;
  }

  /** The id of this incarnation of the node. */
  get id(): string {
    return this.#incarnation;
  }

  /** The queue that the node has for itself. */
  get own(): string {
    return this.#names.own(this.#incarnation);
  }

  /** Looks who is there. */
  async refresh(): Promise<void> {
    if (this.#isLooking || this.#hasLeft) return;
    this.#isLooking = true;
    try {
      this.latest = await readRoll(this.#broker, this.#names);
      if (!this.#hasLeft) this.onLook(this.latest);
    } catch {
      // The broker is closed.
    } finally {
      this.#isLooking = false;
    }
  }

  /** Leaves the roll. The entry stays if the node leaves tasks in its own queue: others inherit them. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    clearInterval(this.#timer);
    const { waiting, active, parked } = await this.#broker.counts(this.own);
    if (waiting + active + parked === 0) await this.#broker.remove(this.#names.roll, this.#incarnation);
    await this.#presence?.leave();
  }

  async #enter(): Promise<void> {
    const id = randomUUID();
    this.#incarnation = id;
    // A node that is written down before it lives would have heirs.
    const presence = await this.#broker.enter(this.#names.own(id));
    this.#presence = presence;
    presence.onLost(() => void this.#reenter(presence).catch(() => {}));
    const entry: NodeEntry = { id, since: dateNow(), ...this.#about };
    await this.#broker.add(this.#names.roll, [{ id, body: JSON.stringify(entry) }]);
  }

  async #reenter(lost: Presence): Promise<void> {
    if (this.#hasLeft || this.#presence !== lost) return;
    const entering = this.#enter();
    this.onReborn();
    await Promise.all([entering, lost.leave()]);
  }
}
