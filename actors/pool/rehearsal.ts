import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { Host, HostEvents } from '../hosts/host.ts';
import { processHost } from '../hosts/process.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import { printsOf } from '../kind-module/fingerprints.ts';
import { taskChannels } from '../observing/task-trace.ts';
import { workerChannels } from '../observing/worker-channels.ts';
import { fillOptions } from '../options/pool-options.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import { queueMicrotask, setImmediate } from '../platform/platform.ts';

import { ToMaster, WIRE_VERSION } from '../protocol/messages.ts';
import { Spares } from '../starting/spare-workers.ts';
import { shareMachine } from '../supervision/supervisor.ts';
import { prepare } from '../tasks/admission.ts';
import { beginLife, type Life } from './pool-life.ts';

/** Is true once the rehearsal has begun. */
let isDone = false;

/**
 * Rehearses the life of a pool while the first process of this program starts: this thread has nothing else to do then, and
 * code that runs for the first time takes ten times as long. So the first answer and the end of a short program do not
 * wait for it. Once in a program; not for threads, which start too soon for it, nor if the worker has started already, or
 * if somebody listens to the tasks and workers of all pools.
 */
export function rehearseOnce(pool: Life): void {
  if (isDone || pool.core.options.host !== processHost) return;
  setImmediate(() => {
    if (isDone || !isStarting(pool) || isObserved()) return;
    isDone = true;
    inNeutralContext(() => void rehearse(pool.core.kind).catch(() => {}));
  }).unref();
}

/** Runs a task in a pool of which the worker is played here, with the machine of a kind, and closes it. */
async function rehearse(played: AnyKind): Promise<void> {
  const same = <T>(value: T) => value;
  const { name, url } = played;
  const kind: AnyKind = { name, url, requestOfTask: (_, task) => same(task), perform: same };
  shareMachine(kind, played);
  let events: HostEvents | undefined;
  const host: Host = (_, given) => {
    events = given;
    const exit: WorkerExit = { exitCode: 1, signal: null, reason: 'killed' };
    return { transfers: true, send() {}, kill: () => queueMicrotask(() => given.exit(exit)), ref() {} };
  };
  const options = { ...fillOptions({ size: 1, host: 'thread' }), host };
  const life = beginLife({
    kind,
    options,
    spares: new Spares({ kind, options }),
    opened: undefined,
    ledger: undefined,
  });
  const result = new Promise<unknown>((resolve) => {
    const entry = prepare(life.core, name, undefined);
    entry.resolve = resolve;
    life.enter(entry);
  });
  life.core.flush();
  events?.message([ToMaster.Hello, WIRE_VERSION, name, printsOf(kind), false]);
  events?.message([ToMaster.Response, name, 0]);
  await result;
  await life.close({});
}

/** Returns whether a pool waits for its first worker. */
function isStarting({ core }: Life): boolean {
  const seats = [...core.state.seats.values()];
  return seats.length > 0 && seats.every(({ hasStarted, phase }) => !hasStarted && phase !== 'ending');
}

function isObserved(): boolean {
  return taskChannels.hasSubscribers || Object.values(workerChannels).some(({ hasSubscribers }) => hasSubscribers);
}
