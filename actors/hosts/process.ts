import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import {
  clearTimeout,
  currentFolder,
  isPortable,
  queueMicrotask,
  setImmediate,
  setTimeout,
  structuredClones,
  withOwnTicks,
} from '../platform/platform.ts';
import { toWorkerCodec } from '../protocol/codec.ts';
import { FROM_WORKER, Frames, TO_WORKER } from '../protocol/frames.ts';
import { type MessageToMaster, type MessageToWorker, ToMaster, ToWorker, unreadAnswer } from '../protocol/messages.ts';
import { AdaptiveSpin } from '../protocol/spin.ts';
import { checkDescriptors } from './descriptors.ts';
import type { Connection, Host, HostEvents, StartOptions } from './host.ts';
import { OrphanReaper } from './orphan-reaper.ts';
import { entryUrl, environmentOf, noConnection, startError } from './start.ts';

const ENTRY = fileURLToPath(entryUrl);

/** The time for which the pipes of an exited process are still read, in ms. A grandchild may hold them open. */
const PIPE_GRACE = 200;

/** The time from the start of a process to that of its reaper, in ms. */
const REAPER_DELAY = 100;

/** Starts each worker as a process of its own. OCaml: `Spawned.ProcessWithEnv` (stm/spawned.ml). */
export const processHost: Host = (options, events) => withOwnTicks(() => startWorker(options, events));

function startWorker(options: StartOptions, events: HostEvents): Connection {
  let hasFailed = false;
  const child = startProcess(options, (error) => {
    if (hasFailed) return;
    hasFailed = true;
    events.exit({ exitCode: null, signal: null, reason: 'spawn', cause: startError(options.workerId, error) });
  });
  return child === undefined ? noConnection : new ProcessConnection(child, events);
}

/** The master's end of one process. */
class ProcessConnection implements Connection {
  readonly isSendable = isPortable;
  readonly #child: ChildProcess;
  readonly #events: HostEvents;
  readonly #requests: Socket;
  readonly #spin = new AdaptiveSpin();
  #reason: WorkerExit['reason'] | undefined;
  /** The bytes on the pipe of messages that are no message. */
  #garbage: Error | undefined;
  #isOver = false;
  #unsent = 0;
  /** Runs from the loss of a pipe until the exit. */
  #doubt: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, events: HostEvents) {
    this.#child = child;
    this.#events = events;
    living.add(child);
    const pipes = child.stdio as readonly unknown[] as Socket[];
    const answers = pipes[FROM_WORKER] as Socket;
    this.#requests = pipes[TO_WORKER] as Socket;
    const frames = new Frames(
      (message) => this.#receive(message),
      (error) => this.#end(error),
      (tag, error) => {
        const isResponse = tag === ToMaster.Response;
        if (isResponse) this.#receive(unreadAnswer(error));
        return isResponse;
      },
    );
    answers.on('data', (piece: Buffer) => frames.read(piece));
    child.on('disconnect', this.#lose);
    for (const pipe of [answers, this.#requests]) pipe.on('error', this.#lose).on('close', this.#lose);
    child.once('exit', (code, signal) => this.#onExit(code, signal));
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => events.output(stream, text));
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: MessageToWorker): void {
    const frame = toWorkerCodec.toFrame(message);
    const isRequest = message[0] === ToWorker.Request || message[0] === ToWorker.Requests;
    if (!this.#requests.writable) {
      if (isRequest) this.#unsent++;
      return;
    }
    if (!isRequest) return void this.#requests.write(frame);
    this.#requests.write(frame, this.#written);
    this.#spin.sent();
  }

  unsent(): number {
    return this.#unsent;
  }

  kill(reason: WorkerExit['reason'] = 'killed'): void {
    this.#reason ??= reason;
    end(this.#child);
  }

  ref(isNeeded: boolean): void {
    const verb = isNeeded ? 'ref' : 'unref';
    this.#child[verb]();
    this.#child.channel?.[verb]();
    for (const stream of this.#child.stdio) (stream as { ref?(): void; unref?(): void } | null)?.[verb]?.();
  }

  /** A process that cannot be written to has exited, though its exit is not known yet: it has not begun what was not sent. */
  readonly #written = (error: Error | null | undefined): void => {
    if (error) this.#unsent++;
  };

  /** A worker that closes its channel or a pipe can never answer. A dying worker does the same a moment before its exit. */
  readonly #lose = (): void => {
    const isAlive = this.#child.exitCode === null && this.#child.signalCode === null;
    if (isAlive) this.#doubt ??= setTimeout(() => this.kill('disconnect'), PIPE_GRACE);
  };

  #receive(message: unknown): void {
    this.#spin.received();
    if (!this.#isOver) this.#events.message(message as MessageToMaster);
  }

  /** Ends a worker whose kind has written to the pipe of messages: the messages on that pipe are lost. */
  #end(garbage: Error): void {
    this.#garbage = garbage;
    this.kill('garbled');
  }

  /** 'exit' may come before the last messages and output have been read; 'close' comes after them. */
  #onExit(code: number | null, signal: string | null): void {
    clearTimeout(this.#doubt);
    // A busy event loop runs its timers before it reads its pipes. More turns let it read the rest.
    const giveUp = () => {
      this.#exit(code, signal);
      // A grandchild may hold the other ends as long as it lives.
      closePipes(this.#child);
    };
    const timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), PIPE_GRACE);
    this.#child.once('close', () => {
      clearTimeout(timer);
      this.#exit(code, signal);
    });
  }

  #exit(exitCode: number | null, signal: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    living.delete(this.#child);
    const reason = this.#reason ?? (signal === null ? 'exit' : 'signal');
    const cause = this.#garbage === undefined ? {} : { cause: this.#garbage };
    this.#events.exit({ exitCode, signal, reason, ...cause });
  }
}

/**
 * Starts the process. Returns `undefined` if the system starts none, and later calls `fail` with the reason. Node
 * throws for some reasons. For others it returns a child without an id, with half of its pipes or none, and emits an
 * error later.
 */
function startProcess(options: StartOptions, fail: (error: unknown) => void): ChildProcess | undefined {
  let child: ChildProcess;
  try {
    checkDescriptors();
    // Loaded here: a program whose workers are threads starts sooner without it.
    const { fork } = process.getBuiltinModule('node:child_process');
    const isGiven = options.workerData !== undefined;
    child = fork(ENTRY, [JSON.stringify({ url: String(options.kind.url), workerId: options.workerId, isGiven })], {
      // The last two carry the frames: see FROM_WORKER.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe', 'pipe'],
      env: environmentOf(options),
      execArgv: [...(options.execArgv ?? inheritedFlags()), ...memoryFlags(options)],
      // Node needs a folder to start in, and the folder of this program may have been deleted.
      ...(currentFolder() === undefined ? { cwd: '/' } : {}),
    });
  } catch (error) {
    queueMicrotask(() => fail(error));
    return undefined;
  }
  const isStarted = child.pid !== undefined;
  // The exit of a running child reports everything. A signal that could not be sent changes nothing.
  child.on('error', (error) => {
    if (!isStarted) fail(error);
  });
  // The two pipes of messages have a second handler: see `lose`.
  for (const pipe of child.stdio ?? []) pipe?.on('error', () => {});
  if (isStarted) {
    // While the child starts, this program has time to load what its first message needs.
    const { serialize } = structuredClones();
    // An argument or a variable would hold less than 128 KiB. A child that is gone reports its exit.
    if (options.workerData !== undefined) child.send(serialize(options.workerData).toString('base64'), () => {});
    return child;
  }
  closePipes(child);
  return undefined;
}

/** Closes the descriptors of a child that is no longer listened to. */
function closePipes(child: ChildProcess): void {
  for (const pipe of child.stdio ?? []) pipe?.destroy();
  if (child.connected) child.disconnect();
}

/**
 * The living children of this process. None may outlive it, not even one that loops and so misses the end of its
 * channel.
 */
const living = {
  children: new Set<ChildProcess>(),
  add(child: ChildProcess): void {
    if (this.children.size === 0) process.on('exit', killLiving);
    this.children.add(child);
    // The reaper starts after the workers that start together: callers wait for them, and not for the reaper, and a
    // program of one quick task needs none. No worker can loop before its own Node has started.
    setTimeout(() => {
      if (this.children.has(child)) reaper.watch(child.pid as number);
    }, REAPER_DELAY).unref();
  },
  delete(child: ChildProcess): void {
    this.children.delete(child);
    reaper.forget(child.pid as number);
    if (this.children.size > 0) return;
    process.off('exit', killLiving);
    // Another worker may take the place of the last one at once.
    setImmediate(() => {
      if (this.children.size === 0) reaper.end();
    }).unref();
  },
};

const reaper = new OrphanReaper(ENTRY);

function killLiving(): void {
  for (const child of living.children) end(child);
}

/**
 * Kills a child that has an id. Without an id, Node would send the signal to any number that is in memory there, for
 * example 0: all of this process group.
 */
function end(child: ChildProcess): void {
  if (child.pid !== undefined) child.kill('SIGKILL');
}

function memoryFlags({ resourceLimits }: StartOptions): string[] {
  const { maxOldGenerationSizeMb: old, maxYoungGenerationSizeMb: young, stackSizeMb: stack } = resourceLimits;
  return [
    ...(old === undefined ? [] : [`--max-old-space-size=${wholeMegabytes(old)}`]),
    // The young generation is three semi-spaces.
    ...(young === undefined ? [] : [`--max-semi-space-size=${wholeMegabytes(young / 3)}`]),
    ...(stack === undefined ? [] : [`--stack-size=${Math.round(stack * 1000)}`]),
  ];
}

/** Returns a size as these flags of Node take it: a fraction ends the process. */
function wholeMegabytes(size: number): number {
  return Math.max(1, Math.round(size));
}

/**
 * The flags that a child does not inherit: a debugger's port, a script on the command line, a test runner. Loaders are
 * inherited.
 */
const NOT_INHERITED =
  /^(-e$|-p$|-pe$|-i$|--eval|--print|--inspect|--debug|--input-type|--test|--watch|--interactive|--prof|--cpu-prof|--heap-prof)/;

function inheritedFlags(): string[] {
  const flags: string[] = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const flag = process.execArgv[i] as string;
    if (!NOT_INHERITED.test(flag)) flags.push(flag);
    // The value of that flag is left out too.
    else if (!flag.includes('=') && process.execArgv[i + 1]?.startsWith('-') === false) i++;
  }
  return flags;
}
