import { runInThisContext } from 'node:vm';
import type { HostName, RunOptions } from 'statepool';
import type { Chance } from './chance.ts';

/** The task of the soak. An honest worker answers with the same `id`, `value + 1`, and the bytes in reverse. */
export interface SoakTask {
  readonly id: number;
  readonly chore: string;
  readonly value: number;
  /** Bytes that are copied or moved to the worker. */
  readonly bytes?: Uint8Array | undefined;
  /** A buffer that is moved to the worker without a view on it. */
  readonly buffer?: ArrayBuffer | undefined;
  /** The expected bytes, on either side. */
  readonly pattern?: Pattern;
  /** The duration of the task; for `late`, the time from its answer to its last feedback. In ms. */
  readonly ms?: number;
  /** The number of feedbacks that it sends: 1, 2, 3 ... */
  readonly notes?: number;
  readonly exitCode?: number;
  /** A value that can be cloned but not read in another process. */
  readonly unreadable?: object;
  /** A value that cannot be cloned. */
  readonly callback?: () => void;
}

/** The length and the first byte of a sequence of bytes. The bytes themselves are not stored. */
interface Pattern {
  readonly length: number;
  readonly first: number;
}

/** The answer of an honest worker, and the result of its task. */
export interface SoakAnswer {
  readonly id: number;
  readonly value: number;
  readonly bytes?: Uint8Array;
}

/** The groups of faults that can be left out, each with a description. */
export const groups = {
  signals: 'SIGINT, SIGTERM and SIGHUP go to the whole process group, as Ctrl-C does',
  files: 'no file descriptor is left for a while',
  processes: 'no process and no thread can be started for a while',
  transfer: 'tasks give their buffers away',
  feedback: 'feedbacks come after the answer of their task, or end the worker that receives one',
  spares: 'workers are started in advance',
  hooks: 'hooks call methods of their own pool',
  ends: 'pools are closed and destroyed twice, and by their hooks',
} as const;

/** The name of a group of faults. */
export type Group = keyof typeof groups;

/** A sort of task: its frequency, its request, and its possible ends. */
export interface Chore {
  /** The frequency, relative to the other chores. */
  readonly weight: number;
  /** Keeps its worker from counting as quick. A quick worker gets several requests at a time. */
  readonly isSlow?: boolean;
  /** Counts as a fault that a pool must survive. */
  readonly isFault: boolean;
  /** The hosts that support it. @default all */
  readonly hosts?: readonly HostName[];
  /** The group of faults to which it belongs. @default none: never left out */
  readonly group?: Group;
  /** Retries it after its worker's death, in pools that retry. @default true unless it is a fault */
  readonly isRetried?: boolean;
  /** The possible ends of the undisturbed task: `result`, or error codes. */
  readonly ends: readonly string[];
  /** The error codes that it may end with after any death of its worker. @default none */
  readonly mayEnd?: readonly string[];
  /** Makes the parts of its request. */
  parts?(chance: Chance): Partial<SoakTask>;
  /** Makes the options of its run. */
  limits?(chance: Chance, task: SoakTask): RunOptions;
  /** The time after which its signal is aborted, in ms. */
  abortAfter?(chance: Chance): number;
}

const honest = (weight: number, parts: Chore['parts'] = () => ({})): Chore => ({
  weight,
  isFault: false,
  ends: ['result'],
  parts,
});
const fault = (weight: number, ends: readonly string[], more: Partial<Chore> = {}): Chore => ({
  weight,
  isFault: true,
  ends,
  ...more,
});
const soon = (chance: Chance): RunOptions => ({ timeout: 20 + chance(100) });

const move = (_: Chance, { bytes, buffer }: SoakTask): RunOptions => ({
  transfer: [(bytes?.buffer ?? buffer) as ArrayBuffer],
});

/** The smallest WebAssembly module. */
const wasm: object = runInThisContext('new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))');

/** The hosts for chores that end the program of an inline worker. */
const apart = ['process', 'thread'] as const;

/** Every chore, by the name that the worker uses. */
export const chores: Readonly<Record<string, Chore>> = {
  echo: honest(400),
  bytes: { ...honest(60, (chance) => copied(patternOf(chance))), isSlow: true },
  sync: { ...honest(200, (chance) => ({ ms: chance(6) })), isSlow: true },
  later: { ...honest(200, (chance) => ({ ms: chance(30) })), isSlow: true },
  chatty: honest(60, (chance) => ({ notes: chance(12) })),
  // Sends its last feedback after its answer.
  late: { ...honest(60, (chance) => ({ notes: chance(4), ms: chance(4) })), group: 'feedback' },
  // Moves its bytes away from this thread at dispatch. It runs on all of them, or it fails.
  move: {
    ...honest(80, (chance) => moved(patternOf(chance), chance(2) === 0)),
    group: 'transfer',
    hosts: ['thread', 'inline'],
    mayEnd: ['WORKER_DIED', 'TRANSFER_SPENT', 'MARSHAL_REQUEST'],
    limits: move,
  },
  // Makes its worker exit with the moved buffer. A retry gets another buffer.
  vanish: {
    ...fault(6, ['WORKER_DIED'], { parts: (chance) => moved(patternOf(chance), chance(2) === 0) }),
    group: 'transfer',
    hosts: ['thread'],
    isRetried: true,
    mayEnd: ['TRANSFER_SPENT', 'MARSHAL_REQUEST'],
    limits: move,
  },
  // Ends in a verdict that adds a follow-up or ends the worker.
  follow: honest(30),
  end: { ...honest(6), isSlow: true },
  refuse: fault(8, ['REFUSED']),
  trip: fault(2, ['KIND']),
  stale: fault(8, ['EXPIRED']),
  throw: fault(12, ['PERFORM']),
  reject: fault(12, ['PERFORM']),
  uncloned: fault(8, ['MARSHAL_REQUEST'], { parts: () => ({ callback: () => {} }) }),
  // A module can be sent to another process, but not read there.
  unreadable: fault(3, ['MARSHAL_REQUEST'], {
    hosts: ['process'],
    parts: () => ({ unreadable: wasm }),
  }),
  unsendable: fault(4, ['MARSHAL_RESPONSE']),
  float: fault(2, ['WORKER_DIED', 'PERFORM'], { hosts: apart }),
  uncaught: fault(2, ['WORKER_DIED'], { hosts: apart }),
  exit: fault(3, ['WORKER_DIED'], { hosts: apart, parts: (chance) => ({ exitCode: chance(4) }) }),
  exitLate: fault(2, ['WORKER_DIED'], { hosts: apart, parts: (chance) => ({ exitCode: chance(4) }) }),
  kill: fault(3, ['WORKER_DIED'], { hosts: ['process'] }),
  disconnect: fault(1, ['WORKER_DIED'], { hosts: ['process'] }),
  oom: fault(1, ['WORKER_DIED'], { hosts: apart }),
  spin: fault(3, ['TIMEOUT_RUN'], { hosts: apart, limits: soon }),
  hang: fault(3, ['TIMEOUT_RUN'], { limits: soon }),
  // Exists to be cancelled: while it waits, while it runs, or while it stops by itself.
  drop: fault(15, ['CANCELLED', 'result'], { abortAfter: (chance) => chance(3) }),
  abandon: fault(3, ['CANCELLED'], { abortAfter: (chance) => 10 + chance(80) }),
  obey: fault(4, ['CANCELLED'], { abortAfter: (chance) => 10 + chance(80) }),
  impatient: fault(15, ['TIMEOUT_QUEUE', 'result'], { limits: (chance) => ({ queueTimeout: chance(5) }) }),
};

/** The factor on the honest quick chores. A worker counts as quick only after it has lived for a while. */
const QUICK = 20;

/** Makes a picker of chores that one host supports, by weight; optionally only of quick ones. */
export function pickerOf(host: HostName, faults: ReadonlySet<Group>, isQuick: boolean, chance: Chance): () => string {
  const weights = Object.entries(chores).flatMap(([name, { hosts, group, weight, isSlow, isFault }]) => {
    if (hosts?.includes(host) === false || (group !== undefined && !faults.has(group))) return [];
    if (isQuick && isSlow) return [];
    return [{ name, weight: isQuick && !isFault ? weight * QUICK : weight }];
  });
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  return () => {
    let left = chance(total);
    const chosen = weights.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return chosen?.name ?? 'echo';
  };
}

/** Returns the fault of a result; `undefined` for the honest answer to its task. */
export function faultOfResult(task: SoakTask, result: unknown): string | undefined {
  const { id, value, bytes } = (result ?? {}) as Partial<SoakAnswer>;
  if (id !== task.id) return `it got the answer of task ${String(id)}`;
  if (value !== task.value + 1) return `it got ${String(value)} instead of ${task.value + 1}`;
  if (task.pattern === undefined) return undefined;
  const { length } = task.pattern;
  if (bytes?.length !== length) return `it got ${String(bytes?.length)} bytes of ${length}`;
  const isReversed = bytesOf(task.pattern).every((byte, i) => bytes[length - 1 - i] === byte);
  return isReversed ? undefined : 'its bytes are not those that it sent, reversed';
}

function copied(pattern: Pattern): Partial<SoakTask> {
  return { pattern, bytes: bytesOf(pattern) };
}

function moved(pattern: Pattern, isBare: boolean): Partial<SoakTask> {
  return isBare ? { pattern, buffer: bytesOf(pattern).buffer as ArrayBuffer } : copied(pattern);
}

function patternOf(chance: Chance): Pattern {
  return { length: 1 + chance(100_000), first: chance(256) };
}

function bytesOf({ length, first }: Pattern): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (first + i * 7) & 255;
  return bytes;
}
