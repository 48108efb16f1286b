import { existsSync } from 'node:fs';
import { dateNow, loadKind, setTimeout } from '../../actors/tooling.ts';
import type { Broker, NodeInfo } from '../../fleet/index.ts';
import { openBroker } from '../../fleet/open-broker.ts';
import { type FleetStatus, kindsAt, StatusReader } from '../../fleet/status.ts';
import { type BrokerFlags, brokerOf, shownAddress } from '../flags/broker-flags.ts';
import { SHIPPED, urlOfKind } from '../flags/kind-url.ts';
import { complain } from '../terminal/exit.ts';
import { note, print } from '../terminal/terminal.ts';
import { untilSignal } from './signals.ts';

/** The flags of `statepool status`. */
export interface StatusFlags extends BrokerFlags {
  /** Prints again each second. */
  readonly watch: boolean;
  /** Prints a line of JSON for each kind. */
  readonly json: boolean;
  /** Shows the nodes in a browser: the port; 0 for any free port. */
  readonly inspect?: number;
}

/** The time between two prints. In ms. */
const INTERVAL = 1000;

/**
 * Prints the tasks and the nodes of a kind, or of all kinds that have nodes; or shows the nodes of one kind in a browser, until
 * a signal. Sets the exit code 2 for bad input.
 */
export async function status(kindName: string | undefined, flags: StatusFlags): Promise<void> {
  try {
    const at = brokerOf(flags);
    const name = kindName === undefined ? undefined : await nameOfKind(kindName);
    const { broker, close } = await openBroker(at);
    try {
      if (flags.inspect !== undefined) return await show(broker, name, flags.inspect);
      const readers = new Map<string, StatusReader>();
      const rates = new Rates();
      do {
        const kinds = name === undefined ? await kindsAt(broker) : [name];
        if (kinds.length === 0) note(`statepool: no node serves at ${shownAddress(at.broker)}`);
        for (const kind of kinds) {
          const reader = readers.get(kind) ?? new StatusReader(broker, kind);
          readers.set(kind, reader);
          const each = await reader.read();
          print(flags.json ? `${JSON.stringify(each, withoutPages)}\n` : textOf(each, rates));
        }
      } while (flags.watch && (await pause()));
    } finally {
      await close();
    }
  } catch (error) {
    complain(error);
  }
}

/** Shows the nodes of a kind in a browser, until a signal. */
async function show(broker: Broker, name: string | undefined, port: number): Promise<void> {
  const kinds = name === undefined ? await kindsAt(broker) : [name];
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const found = kinds.length === 0 ? 'no node serves at the broker' : `the broker has ${kinds.join(', ')}`;
    throw new Error(`status --inspect shows one kind, and ${found}: name the kind`);
  }
  const reader = new StatusReader(broker, kind);
  const { inspect } = await import('../../inspect/index.ts');
  const view = await inspect({ status: () => reader.read() }, { port });
  note(`inspector: ${view.url}`);
  await untilSignal();
  await view.stop();
}

/** Leaves the addresses of inspectors out: they give access. */
function withoutPages(key: string, value: unknown): unknown {
  return key === 'page' ? undefined : value;
}

/** Returns the name of a kind: that of its module, or the given one if there is no such file. */
async function nameOfKind(name: string): Promise<string> {
  if (!existsSync(name) && !SHIPPED.includes(name)) return name;
  return (await loadKind(urlOfKind(name))).name;
}

/** The tasks a second of each node, from one print to the next. */
class Rates {
  readonly #last = new Map<string, { readonly at: number; readonly ended: number }>();

  of({ id, completed = 0, failed = 0 }: NodeInfo): string {
    const now = { at: dateNow(), ended: completed + failed };
    const before = this.#last.get(id);
    this.#last.set(id, now);
    if (before === undefined || now.at === before.at) return '';
    return `, ${(((now.ended - before.ended) * 1000) / (now.at - before.at)).toFixed(1)}/s`;
  }
}

function textOf({ kind, waiting, active, parked, isPaused, nodes }: FleetStatus, rates: Rates): string {
  const head = `${kind}: ${waiting} waiting, ${active} active, ${parked} parked${isPaused ? ', paused' : ''}`;
  return [head, ...nodes.map((node) => `  ${lineOf(node, rates)}`)].map((line) => `${line}\n`).join('');
}

function lineOf(node: NodeInfo, rates: Rates): string {
  const age = `${Math.round((dateNow() - node.since) / 1000)} s old`;
  if (node.state === 'dead') return `${node.name}: dead, ${age}`;
  if (node.workers === undefined) return `${node.name}: does not answer, ${age}`;
  const count = (state: string) => node.workers?.filter((worker) => worker.state === state).length ?? 0;
  const workers = `${count('fresh')} fresh, ${count('busy')} busy, ${count('old')} old`;
  const done = `${node.completed} done, ${node.failed} failed, ${node.lost} lost`;
  return `${node.name}: ${workers}; ${done}${rates.of(node)}; ${age}`;
}

function pause(): Promise<true> {
  return new Promise((resolve) => setTimeout(() => resolve(true), INTERVAL));
}
