import { type ChildProcess, fork } from 'node:child_process';
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
  withOwnTicks,
} from '../platform/platform.ts';
import { toWorkerCodec } from '../protocol/codec.ts';
import { FROM_WORKER, Frames, TO_WORKER } from '../protocol/frames.ts';
import { type MessageToMaster, ToMaster, ToWorker, unreadAnswer } from '../protocol/messages.ts';
import { AdaptiveSpin } from './adaptive-spin.ts';
import { checkDescriptors } from './descriptors.ts';
import type { Connection, Host, HostEvents, StartOptions } from './host.ts';
import { OrphanReaper } from './orphan-reaper.ts';
import { entryUrl, noConnection, startError } from './start.ts';

const ENTRY = fileURLToPath(entryUrl);

/** The time for which the pipes of an exited process are still read, in ms. A grandchild may hold them open. */
const PIPE_GRACE = 200;

/** Starts each worker as a process of its own. OCaml: `Spawned.ProcessWithEnv` (stm/spawned.ml). */
export const processHost: Host = (options, events) => withOwnTicks(() => startWorker(options, events));

function startWorker(options: StartOptions, events: HostEvents): Connection {
  let reason: WorkerExit['reason'] | undefined;
  let garbage: Error | undefined;
  let isOver = false;

  function exit(exitCode: number | null, signal: string | null, cause: unknown = garbage): void {
    if (isOver) return;
    isOver = true;
    if (child !== undefined) living.delete(child);
    const how = reason ?? (signal === null ? 'exit' : 'signal');
    events.exit({ exitCode, signal, reason: how, ...(cause === undefined ? {} : { cause }) });
  }

  function fail(error: unknown): void {
    reason = 'spawn';
    exit(null, null, startError(options.workerId, error));
  }

  const child = startProcess(options, fail);
  if (child === undefined) return noConnection;
  living.add(child);

  function kill(why: WorkerExit['reason']): void {
    reason ??= why;
    end(child as ChildProcess);
  }

  /** Ends a worker whose kind has written to the pipe of messages: the messages on that pipe are lost. */
  function garbled(error: Error): void {
    garbage = error;
    kill('garbled');
  }

  const pipes = child.stdio as readonly unknown[] as Socket[];
  const answers = pipes[FROM_WORKER] as Socket;
  const requests = pipes[TO_WORKER] as Socket;
  const spin = new AdaptiveSpin();
  const frames = new Frames(receive, garbled, (tag, error) => {
    const isResponse = tag === ToMaster.Response;
    if (isResponse) receive(unreadAnswer(error));
    return isResponse;
  });
  function receive(message: unknown): void {
    spin.answered();
    if (!isOver) events.message(message as MessageToMaster);
  }
  answers.on('data', (piece: Buffer) => frames.read(piece));
  // A worker that closes its channel or a pipe can never answer. A dying worker does the same a moment before its exit.
  let doubt: NodeJS.Timeout | undefined;
  const lose = () => {
    const isAlive = child.exitCode === null && child.signalCode === null;
    if (isAlive) doubt ??= setTimeout(() => kill('disconnect'), PIPE_GRACE);
  };
  child.on('disconnect', lose);
  for (const pipe of [answers, requests]) pipe.on('error', lose).on('close', lose);
  // 'exit' may come before the last messages and output have been read; 'close' comes after them.
  child.once('exit', (code, signal) => {
    clearTimeout(doubt);
    // A busy event loop runs its timers before it reads its pipes. More turns let it read the rest.
    const giveUp = () => {
      exit(code, signal);
      // A grandchild may hold the other ends as long as it lives.
      closePipes(child);
    };
    const timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), PIPE_GRACE);
    child.once('close', () => {
      clearTimeout(timer);
      exit(code, signal);
    });
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => events.output(stream, text));
  }
  return connectionOf(child, requests, spin, kill);
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
    child = fork(ENTRY, [JSON.stringify({ url: String(options.kind.url), workerId: options.workerId })], {
      // The last two carry the frames: see FROM_WORKER.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
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
  if (isStarted) return child;
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
    // The reaper starts after the workers that start together: callers wait for them, and not for the reaper.
    setImmediate(() => {
      if (this.children.has(child)) reaper.watch(child.pid as number);
    }).unref();
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

function connectionOf(
  child: ChildProcess,
  requests: Socket,
  spin: AdaptiveSpin,
  kill: (reason: WorkerExit['reason']) => void,
): Connection {
  let unsent = 0;
  // A process whose pipe cannot be written to has exited, even if its exit is not reported yet. It has not begun the
  // requests that were not delivered.
  const written = (error: Error | null | undefined) => {
    if (error) unsent++;
  };
  return {
    pid: child.pid,
    send(message) {
      const frame = toWorkerCodec.toFrame(message);
      const isRequest = message[0] === ToWorker.Request || message[0] === ToWorker.Requests;
      if (!requests.writable) {
        if (isRequest) unsent++;
        return;
      }
      if (!isRequest) return void requests.write(frame);
      requests.write(frame, written);
      spin.sent();
    },
    isSendable: isPortable,
    unsent: () => unsent,
    kill: (why = 'killed') => kill(why),
    ref(isNeeded) {
      const verb = isNeeded ? 'ref' : 'unref';
      child[verb]();
      child.channel?.[verb]();
      for (const stream of child.stdio) (stream as { ref?(): void; unref?(): void } | null)?.[verb]?.();
    },
  };
}

function memoryFlags({ resourceLimits }: StartOptions): string[] {
  const { maxOldGenerationSizeMb: old, maxYoungGenerationSizeMb: young, stackSizeMb: stack } = resourceLimits;
  return [
    ...(old === undefined ? [] : [`--max-old-space-size=${old}`]),
    ...(young === undefined ? [] : [`--max-semi-space-size=${young}`]),
    ...(stack === undefined ? [] : [`--stack-size=${Math.round(stack * 1000)}`]),
  ];
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
