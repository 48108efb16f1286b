import { existsSync } from 'node:fs';
import { dateNow, loadKind, setTimeout } from '../../actors/tooling.ts';
import type { NodeInfo } from '../../fleet/index.ts';
import { openBroker } from '../../fleet/open-broker.ts';
import { type KindStatus, kindsAt, statusOf } from '../../fleet/status.ts';
import { type BrokerFlags, brokerOf, shownAddress } from '../flags/broker-flags.ts';
import { SHIPPED, urlOfKind } from '../flags/kind-url.ts';
import { complain } from '../terminal/exit.ts';
import { note, print } from '../terminal/terminal.ts';

/** The flags of `statepool status`. */
export interface StatusFlags extends BrokerFlags {
  /** Prints again each second. */
  readonly watch: boolean;
  /** Prints a line of JSON for each kind. */
  readonly json: boolean;
}

/** The time between two prints. In ms. */
const INTERVAL = 1000;

/** Prints the tasks and the nodes of a kind, or of all kinds that have nodes. Sets the exit code 2 for bad input. */
export async function status(kindName: string | undefined, flags: StatusFlags): Promise<void> {
  try {
    const at = brokerOf(flags);
    const name = kindName === undefined ? undefined : await nameOfKind(kindName);
    const { broker, close } = await openBroker(at);
    const rates = new Rates();
    try {
      do {
        const kinds = name === undefined ? await kindsAt(broker) : [name];
        if (kinds.length === 0) note(`statepool: no node serves at ${shownAddress(at.broker)}`);
        for (const kind of kinds) {
          const each = await statusOf(broker, kind);
          print(flags.json ? `${JSON.stringify(each)}\n` : textOf(each, rates));
        }
      } while (flags.watch && (await pause()));
    } finally {
      await close();
    }
  } catch (error) {
    complain(error);
  }
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

function textOf({ kind, waiting, active, parked, isPaused, nodes }: KindStatus, rates: Rates): string {
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
