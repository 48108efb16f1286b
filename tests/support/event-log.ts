import assert from 'node:assert';
import type { Entry } from '../../machines/queue/entry.ts';
import type { SupervisorEvent } from '../../machines/state/supervisor-events.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';
import { ModelPool } from '../../testing/model/model-pool.ts';
import type { ModelEnd, ModelTask } from '../../testing/model/model-task.ts';
import type { Given } from '../../testing/run/scripted-kind.ts';
import type { TestPool } from '../../testing/run/test-pool.ts';

/** An event in a real pool. */
type Item =
  | { readonly type: 'enqueue'; readonly name: string }
  | { readonly type: 'verdict'; readonly number: number; readonly worker: string }
  | { readonly type: 'supervisor'; readonly event: SupervisorEvent }
  | { readonly type: 'worker'; readonly worker: string; readonly event: WorkerEvent };

interface Microstep {
  readonly type: string;
  readonly actorRef: { readonly id: string; getSnapshot(): { context: { rt: { seat: { id: string } } } } };
  readonly event: { readonly type: string };
  readonly _transitions: readonly { readonly eventType: string }[];
}

/** A log of a pool in order: the callers' tasks, the messages to the machines, and the tasks that end by a verdict. */
export class EventLog {
  readonly items: Item[] = [];
  /** The instruction for each task, by its number. */
  readonly instructions = new Map<number, string>();
  readonly #pool: TestPool;

  constructor(testPool: TestPool) {
    this.#pool = testPool;
    const { pool } = testPool;
    pool.actor.system.inspect((inspected) => {
      const { type, actorRef, event, _transitions } = inspected as unknown as Microstep;
      // An eventless step within another step is no event.
      if (type !== '@xstate.microstep' || event.type === 'xstate.init' || _transitions[0]?.eventType === '') return;
      if (actorRef.id === pool.id) this.items.push({ type: 'supervisor', event: event as SupervisorEvent });
      else {
        const worker = actorRef.getSnapshot().context.rt.seat.id;
        this.items.push({ type: 'worker', worker, event: event as WorkerEvent });
      }
    });
    pool.on('task', ({ task, worker, error }) => {
      const { number } = task as Given;
      const code = (error as { code?: string } | undefined)?.code;
      const hasVerdict =
        this.instructions.has(number) && (code === undefined || code === 'PERFORM' || code === 'MARSHAL_RESPONSE');
      if (hasVerdict) this.items.push({ type: 'verdict', number, worker: worker as string });
    });
  }

  /** Submits a task to the pool. */
  run(name: string): Given {
    const given = this.#pool.script.make(name);
    this.items.push({ type: 'enqueue', name });
    this.#pool.run(given);
    return given;
  }

  /**
   * Repeats every event on the rules and the worker's machine of a model; returns how each task ends there. @throws
   * when a machine got a message that nothing sent in the model
   */
  replay(size: number): ReadonlyMap<number, ModelEnd> {
    const model = new ModelPool(this.#pool.script.inner, size);
    model.mail.push({ type: 'enqueue' });
    model.deliverMail();
    for (const item of this.items) {
      if (item.type === 'enqueue') model.enqueue(item.name);
      else if (item.type === 'verdict') this.#useVerdict(model, item);
      else if (item.type === 'supervisor') deliverToSupervisor(model, item.event);
      else deliverToWorker(model, item.worker, item.event);
    }
    return model.ends;
  }

  #useVerdict(model: ModelPool, { number, worker }: Item & { type: 'verdict' }): void {
    const body = model.bodies.get(worker);
    assert.ok(body, `${worker} answers, and is not there`);
    assert.equal((body.seat.held[0]?.task as ModelTask | undefined)?.number, number, `${worker} answers another task`);
    model.answer(body, this.instructions.get(number) as string);
  }
}

/** The model must have sent the machines' own messages too. Messages of callers and processes may come at any time. */
function deliverToSupervisor(model: ModelPool, event: SupervisorEvent): void {
  const index = model.mail.findIndex((each) => each.type === event.type && workerOf(each) === workerOf(event));
  if (index >= 0) model.mail.splice(index, 1);
  else
    assert.ok(
      event.type !== 'free' && event.type !== 'ended',
      `no actor sent the supervisor ${event.type} ${workerOf(event)}`,
    );
  // A dead machine does not get the exit. The supervisor's message reports the end of the process.
  const body = event.type === 'exited' ? model.bodies.get(event.worker) : undefined;
  if (body !== undefined) body.process = 'gone';
  model.deliverMail('entry' in event ? { ...event, entry: entryOf(model, event.entry) } : event);
}

function deliverToWorker(model: ModelPool, worker: string, event: WorkerEvent): void {
  const body = model.bodies.get(worker);
  assert.ok(body, `${worker} gets ${event.type}, and is not there`);
  if (event.type === 'ready') body.process = 'up';
  if (event.type === 'exit') body.process = 'gone';
  const index = body.inbox.findIndex(({ type }) => type === event.type);
  const isOurs = event.type !== 'ready' && event.type !== 'exit';
  assert.ok(index >= 0 || !isOurs, `nobody sent ${event.type} to ${worker}`);
  if (index >= 0) body.inbox.unshift(...body.inbox.splice(index, 1));
  else body.inbox.unshift(event);
  model.deliver(body);
}

function workerOf(event: SupervisorEvent): string | undefined {
  return 'worker' in event ? event.worker : undefined;
}

function entryOf(model: ModelPool, entry: Entry): Entry {
  return model.entries[(entry.task as Given).number] as Entry;
}
