import { hostname } from 'node:os';
import { dateNow } from '../../actors/tooling.ts';
import type { FleetStatus, NodeInfo } from '../../fleet/index.ts';
import type { FleetMessage, NodeView } from '../messages.ts';

/** The part of a fleet that the inspector needs: what `connect` returns has it. */
export interface InspectedFleet {
  /** Returns the counts and the nodes. Waits while the broker is away; rejects when the fleet is closed. */
  status(): Promise<FleetStatus>;
}

/** The time without an answer of the broker after which the page says so. In ms. */
const PATIENCE = 3000;

/** The addresses of inspectors: a node that sends any other one gets no link. */
const PAGE = /^http:\/\/127\.0\.0\.1:(\d{1,5})\/#token=[\w-]+$/;

/** A look at a node: the tasks that it had ended, and when. */
interface Moment {
  readonly at: number;
  readonly ended: number;
}

/** A fleet as the page shows it: states and counts, and never a task. */
export class FleetView {
  readonly #fleet: InspectedFleet;
  readonly #to: { readonly onLook: (message: FleetMessage) => void; readonly onClosed: () => void };
  /** The latest look at each node. */
  #past = new Map<string, Moment>();
  #last: FleetMessage | undefined;
  /** The time at which the look that is under way began. */
  #since: number | undefined;

  constructor(fleet: InspectedFleet, to: { onLook: (message: FleetMessage) => void; onClosed: () => void }) {
    this.#fleet = fleet;
    this.#to = to;
  }

  /** Looks at the fleet, unless a look is under way: then it says so when that takes long. */
  refresh(): void {
    const at = dateNow();
    if (this.#since !== undefined) {
      if (at - this.#since >= PATIENCE) this.#complain(at);
      return;
    }
    this.#since = at;
    this.#fleet.status().then(
      (status) => {
        this.#since = undefined;
        this.#last = this.#messageOf(status, dateNow());
        this.#to.onLook(this.#last);
      },
      () => this.#to.onClosed(),
    );
  }

  #complain(at: number): void {
    const last = this.#last ?? {
      type: 'fleet',
      kind: 'a fleet',
      isPaused: false,
      waiting: 0,
      active: 0,
      parked: 0,
      nodes: [],
    };
    this.#to.onLook({ ...last, at, problem: 'the broker does not answer: the page shows the state before' });
  }

  #messageOf({ kind, isPaused, waiting, active, parked, nodes }: FleetStatus, at: number): FleetMessage {
    const past = this.#past;
    this.#past = new Map();
    const views = nodes.map((node) => this.#nodeOf(node, at, past.get(node.id)));
    return { type: 'fleet', at, kind, isPaused, waiting, active, parked, nodes: views.sort(byAge) };
  }

  #nodeOf(node: NodeInfo, at: number, before: Moment | undefined): NodeView {
    const { id, name, host, pid, size, since, state, workers, completed = 0, failed = 0, lost = 0, queued = 0 } = node;
    const about = { id, name, host, pid, size, since };
    if (state === 'dead' || workers === undefined) {
      return { ...about, state: state === 'dead' ? 'dead' : 'silent', workers: [] };
    }
    const ended = completed + failed;
    this.#past.set(id, { at, ended });
    const rate = before === undefined ? 0 : Math.round(((ended - before.ended) * 1000) / Math.max(1, at - before.at));
    return {
      ...about,
      state,
      workers: workers.map((worker) => ({ slot: slotOf(worker.id), state: worker.state })),
      figures: { queued, done: completed, failed, lost, rate },
      ...linkOf(node),
    };
  }
}

/** Returns the slot in the id of a worker: `node/kind:slot:serial`. */
function slotOf(id: string): number {
  return Number(id.split(':').at(-2) ?? 0);
}

function linkOf({ page, host }: NodeInfo): Pick<NodeView, 'page' | 'tunnel'> {
  const [, port] = PAGE.exec(page ?? '') ?? [];
  if (page === undefined || port === undefined) return {};
  if (host === hostname()) return { page };
  return { page, tunnel: `ssh -L ${port}:127.0.0.1:${port} ${host}` };
}

function byAge(a: NodeView, b: NodeView): number {
  return a.since - b.since || a.id.localeCompare(b.id);
}
