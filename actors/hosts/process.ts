import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { WorkerExit } from '../../machines/pool-state.ts';
import { encodeFrame, FROM_WORKER, Frames, TO_WORKER } from '../frames.ts';
import { clearTimeout, setImmediate, setTimeout } from '../platform.ts';
import { ToWorker } from '../wire.ts';
import { entryUrl } from './entry-url.ts';
import type { Connection, Host, HostEvents, StartOptions } from './host.ts';
import { Sentinel } from './sentinel.ts';
import { Vigil } from './vigil.ts';

const ENTRY = fileURLToPath(entryUrl);

/** How long the last words of a process are waited for once it has exited: a grandchild may hold its pipes. In ms. */
const LAST_WORDS = 200;

/** Starts each worker as a process of its own. OCaml: `Spawned.ProcessWithEnv` (stm/spawned.ml). */
export const processHost: Host = (options, events) => {
  const child = fork(ENTRY, [JSON.stringify({ url: String(options.kind.url), workerId: options.workerId })], {
    // The last two carry the frames: see FROM_WORKER.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    execArgv: [...(options.execArgv ?? inheritedFlags()), ...memoryFlags(options)],
  });
  let reason: WorkerExit['reason'] | undefined;
  let garbage: Error | undefined;
  let isOver = false;
  living.add(child);

  function kill(why: WorkerExit['reason']): void {
    reason ??= why;
    child.kill('SIGKILL');
  }

  function exit(exitCode: number | null, signal: string | null, cause: unknown = garbage): void {
    if (isOver) return;
    isOver = true;
    living.delete(child);
    const how = reason ?? (signal === null ? 'exit' : 'signal');
    events.exit({ exitCode, signal, reason: how, ...(cause === undefined ? {} : { cause }) });
  }

  /** The code of the kind has written where only messages belong: what was to be read there is lost. */
  function garbled(error: Error): void {
    garbage = error;
    kill('garbled');
  }

  // A process that could not be started has none.
  const pipes = child.stdio as readonly unknown[] as (Socket | undefined)[];
  const answers = pipes[FROM_WORKER];
  const requests = pipes[TO_WORKER];
  const vigil = new Vigil();
  const frames = new Frames((message) => {
    vigil.answered();
    if (!isOver) events.message(message as Parameters<HostEvents['message']>[0]);
  }, garbled);
  answers?.on('data', (piece: Buffer) => frames.read(piece));
  child.on('error', (error) => {
    // Without a pid it was never started, and no exit will come.
    if (child.pid === undefined) {
      reason = 'spawn';
      exit(null, null, error);
    }
  });
  // A worker that closes its channel or a pipe can never answer. One that dies closes them too, and its exit comes a moment later.
  let doubt: NodeJS.Timeout | undefined;
  const lose = () => {
    const isAlive = child.exitCode === null && child.signalCode === null;
    if (isAlive) doubt ??= setTimeout(() => kill('disconnect'), LAST_WORDS);
  };
  child.on('disconnect', lose);
  for (const pipe of [answers, requests]) pipe?.on('error', lose).on('close', lose);
  // 'exit' may come before its last messages and output have been read; 'close' comes after them.
  child.once('exit', (code, signal) => {
    clearTimeout(doubt);
    // A busy loop comes to its timers before its pipes: another turn lets it read what is there.
    const timer = setTimeout(() => setImmediate(() => setImmediate(() => exit(code, signal))), LAST_WORDS);
    child.once('close', () => {
      clearTimeout(timer);
      exit(code, signal);
    });
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => events.output(stream, text));
  }
  return connectionOf(child, requests, vigil, kill);
};

/** The children of this process: none may outlive it, not even one that loops and never hears that its channel has closed. */
const living = {
  children: new Set<ChildProcess>(),
  add(child: ChildProcess): void {
    if (this.children.size === 0) process.on('exit', killLiving);
    this.children.add(child);
    // After the workers that start together: they are waited for, and it is not.
    setImmediate(() => {
      if (child.pid !== undefined && this.children.has(child)) sentinel.watch(child.pid);
    }).unref();
  },
  delete(child: ChildProcess): void {
    this.children.delete(child);
    if (child.pid !== undefined) sentinel.forget(child.pid);
    if (this.children.size === 0) process.off('exit', killLiving);
  },
};

const sentinel = new Sentinel(ENTRY);

function killLiving(): void {
  for (const child of living.children) child.kill('SIGKILL');
}

function connectionOf(
  child: ChildProcess,
  requests: Socket | undefined,
  vigil: Vigil,
  kill: (reason: WorkerExit['reason']) => void,
): Connection {
  let unsent = 0;
  // A process that cannot be written to has exited, though nobody has told it yet: what it was not sent it has not begun.
  const written = (error: Error | null | undefined) => {
    if (error) unsent++;
  };
  return {
    pid: child.pid,
    send(message) {
      const frame = encodeFrame(message, ToWorker.Requests);
      const isRequest = message[0] === ToWorker.Request || message[0] === ToWorker.Requests;
      if (requests?.writable !== true) {
        if (isRequest) unsent++;
        return;
      }
      if (!isRequest) return void requests.write(frame);
      requests.write(frame, written);
      vigil.sent();
    },
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

/** A debugger's port, a script on the line and a test runner are not for a child; loaders are. */
const NOT_INHERITED =
  /^(-e$|-p$|-pe$|-i$|--eval|--print|--inspect|--debug|--input-type|--test|--watch|--interactive|--prof|--cpu-prof|--heap-prof)/;

function inheritedFlags(): string[] {
  const flags: string[] = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const flag = process.execArgv[i] as string;
    if (!NOT_INHERITED.test(flag)) flags.push(flag);
    // Its value goes with it.
    else if (!flag.includes('=') && process.execArgv[i + 1]?.startsWith('-') === false) i++;
  }
  return flags;
}
