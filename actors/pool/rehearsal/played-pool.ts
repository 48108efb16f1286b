import type { WorkerExit } from '../../../machines/state/pool-state.ts';
import type { Connection, HostEvents } from '../../hosts/host.ts';
import type { AnyKind } from '../../kind-module/check-kind.ts';
import { printsOf } from '../../kind-module/fingerprints.ts';
import { fillOptions } from '../../options/pool-options.ts';
import { queueMicrotask } from '../../platform/platform.ts';
import { toMasterCodec, toWorkerCodec } from '../../protocol/codec.ts';
import {
  type MessageToMaster,
  type MessageToWorker,
  ToMaster,
  ToWorker,
  WIRE_VERSION,
} from '../../protocol/messages.ts';
import { Spares } from '../../starting/spare-workers.ts';
import { shareMachine } from '../../supervision/supervisor.ts';
import { prepare } from '../../tasks/admission.ts';
import { beginLife, type Life } from '../pool-life.ts';

/** A pool with the machine of another pool's kind. Its one worker is played in this thread: it answers with the request. */
export class PlayedPool {
  readonly #kind: AnyKind;
  readonly #life: Life;
  #events: HostEvents | undefined;

  constructor(played: AnyKind) {
    const same = <T>(value: T) => value;
    const { name, url } = played;
    const kind: AnyKind = { name, url, requestOfTask: (_, task) => same(task), perform: same };
    shareMachine(kind, played);
    const options = {
      ...fillOptions({ size: 1, host: 'thread' }),
      host: (_: unknown, events: HostEvents) => this.#start(events),
    };
    this.#kind = kind;
    this.#life = beginLife({
      kind,
      options,
      spares: new Spares({ kind, options }),
      opened: undefined,
      ledger: undefined,
    });
  }

  /** Runs a task. Returns its result. */
  run(): Promise<unknown> {
    return new Promise((resolve) => {
      const entry = prepare(this.#life.core, this.#kind.name, undefined);
      entry.resolve = resolve;
      this.#life.enter(entry);
    });
  }

  /** Lets the worker say that it has started. The tasks so far are announced before. */
  greet(): void {
    this.#life.core.flush();
    this.#events?.message([ToMaster.Hello, WIRE_VERSION, this.#kind.name, printsOf(this.#kind), false]);
  }

  async close(): Promise<void> {
    await this.#life.close({});
  }

  #start(events: HostEvents): Connection {
    this.#events = events;
    const exit: WorkerExit = { exitCode: 1, signal: null, reason: 'killed' };
    return {
      transfers: true,
      // The messages are written and read as those of a thread.
      send: (message) => this.#answer(toWorkerCodec.fromPort(toWorkerCodec.toPort(message))),
      kill: () => queueMicrotask(() => events.exit(exit)),
      ref() {},
    };
  }

  #answer([tag, payload]: MessageToWorker): void {
    let answer: MessageToMaster;
    if (tag === ToWorker.Request) answer = [ToMaster.Response, payload, 0];
    else if (tag === ToWorker.Requests) answer = [ToMaster.Responses, payload as readonly unknown[], 0];
    else return;
    queueMicrotask(() => this.#events?.message(toMasterCodec.fromPort(toMasterCodec.toPort(answer))));
  }
}
