import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { livesOf } from './crash.ts';

/** The options that choose the failing system calls of a journal. */
export interface InjectOptions {
  readonly durability: string;
  /** Fails each call only at its first and its last time, and never with ENOSPC. */
  readonly isShort: boolean;
  /** The path of `faulted.js`, if it is not beside this file. @default beside it */
  readonly program?: string;
}

/** The result of all faults together. */
export interface InjectReport {
  readonly faults: number;
  /** Faults that took effect. */
  readonly met: number;
  /** Programs that were killed, programs that were refused their journal, and programs that ended normally. */
  readonly killed: number;
  readonly refused: number;
  readonly closed: number;
  /** Tasks whose callers got a journal error. */
  readonly failed: number;
  readonly accepted: number;
  readonly settled: number;
  /** Tasks that were reported as accepted and never settled. */
  readonly lost: number;
  /** Tasks that began in a later life than the one that reported their end. */
  readonly rerun: number;
  /** Tasks that ended with another task's result, and programs that hung or ended in any other way. */
  readonly wrong: number;
}

const BESIDE = fileURLToPath(new URL('./faulted.js', import.meta.url));

/** The longest time of one life, in ms. A longer life hangs. */
const LIFE = 60_000;

const NEW_TASKS = 2;
const WAITING = 3;

/** The system calls of a journal. Linux names them differently on different processors. */
const calls = {
  open: ['openat'],
  link: ['?link', 'linkat'],
  write: ['pwrite64'],
  fdatasync: ['fdatasync'],
  fsync: ['fsync'],
  rename: ['?rename', '?renameat', 'renameat2'],
  unlink: ['?unlink', 'unlinkat'],
  ftruncate: ['ftruncate'],
} as const;

/** A system call that fails, or that kills its program. */
interface Fault {
  readonly call: keyof typeof calls;
  /** The effect; `undefined` only counts the calls. */
  readonly what: 'EIO' | 'ENOSPC' | 'SIGKILL' | undefined;
  /** The number of the call, from 1; with a `+` all calls from there on. */
  readonly when: string;
}

/** Returns the reason why no system call can be failed here; `undefined` if one can. */
export function obstacle(): string | undefined {
  const { status, error } = spawnSync('strace', [
    '-f',
    '--seccomp-bpf',
    '-e',
    'trace=fsync',
    '-o',
    '/dev/null',
    'true',
  ]);
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? undefined : 'strace may not trace here';
}

/** Lists the faults of a call: each occurrence fails in each way, and all occurrences fail. */
function faultsOf(call: Fault['call'], count: number, isShort: boolean): Fault[] {
  const times = Array.from({ length: count }, (_, i) => i + 1).filter(
    (when) => !isShort || when === 1 || when === count,
  );
  const ways = isShort ? (['EIO', 'SIGKILL'] as const) : (['EIO', 'ENOSPC', 'SIGKILL'] as const);
  const each = ways.flatMap((what) => times.map((when): Fault => ({ call, what, when: String(when) })));
  return count === 0 ? [] : [...each, { call, what: 'EIO', when: '1+' }];
}

/**
 * Runs a program with a journal once for each fault, and then again without a fault. The second life asks by id for all
 * tasks accepted in the first life and before it.
 */
export async function inject({ durability, isShort, program = BESIDE }: InjectOptions): Promise<InjectReport> {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-inject-'));
  const total: Total = {
    faults: 0,
    met: 0,
    killed: 0,
    refused: 0,
    closed: 0,
    failed: 0,
    accepted: 0,
    settled: 0,
    lost: 0,
    rerun: 0,
    wrong: 0,
  };
  try {
    const first = join(folder, 'first');
    mkdirSync(first);
    const book = new Book();
    await live(program, first, durability, 0, book, undefined, String(WAITING));
    // The journal of a program that was killed during a write.
    appendFileSync(join(first, 'journal'), '[12,"s"');
    /** Runs a life in a copy of the first life's folder. */
    const again = async (fault: Fault, use: (place: string, each: Book) => Promise<void>) => {
      const place = mkdtempSync(join(folder, `${fault.call}-`));
      cpSync(first, place, { recursive: true });
      await use(place, new Book(book));
      rmSync(place, { recursive: true });
    };
    const faults: Fault[] = [];
    for (const call of Object.keys(calls) as Fault['call'][]) {
      const counted: Fault = { call, what: undefined, when: '' };
      await again(counted, async (place, each) => {
        const { count } = await live(program, place, durability, 1, each, counted);
        faults.push(...faultsOf(call, count, isShort));
      });
    }
    for (const fault of faults) {
      await again(fault, async (place, each) => {
        const { how, isMet } = await live(program, place, durability, 1, each, fault);
        total[how]++;
        total.faults++;
        if (isMet) total.met++;
        if ((await live(program, place, durability, 2, each)).how !== 'closed') total.wrong++;
        each.addTo(total, join(place, 'trace'));
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return total;
}

type Total = { -readonly [name in keyof InjectReport]: number };

/** The reports of the lives of one program. */
class Book {
  readonly accepted: Set<string>;
  /** The life that reported each task's end, and the result. */
  readonly #settled: Map<string, { life: number; result: string }>;
  #failed = 0;
  #lost = 0;
  #odd = 0;

  constructor(before?: Book) {
    this.accepted = new Set(before?.accepted);
    this.#settled = new Map(before === undefined ? [] : before.#settled);
  }

  hear(line: string, life: number): void {
    const [, verb, name = '', result = ''] = /^(\w+) ?([^=]*)(?:=(.*))?$/.exec(line) ?? [];
    if (verb === 'accepted') this.accepted.add(name);
    else if (verb === 'settled' && !this.#settled.has(name)) this.#settled.set(name, { life, result });
    else if (verb === 'failed') this.#failed++;
    else if (verb === 'lost') this.#lost += Number(name);
    else if (verb === 'odd') this.#odd++;
  }

  addTo(total: Total, trace: string): void {
    const lives = livesOf(trace);
    const names = [...this.accepted];
    const isRerun = (name: string) => lives.get(name)?.some((at) => at > (this.#settled.get(name)?.life ?? at));
    total.failed += this.#failed;
    total.accepted += names.length;
    total.settled += this.#settled.size;
    total.lost += this.#lost + names.filter((name) => !lives.has(name) || !this.#settled.has(name)).length;
    total.rerun += names.filter(isRerun).length;
    const isWrong = ([name, { result }]: [string, { result: string }]) => result !== `the end of ${name}`;
    total.wrong += this.#odd + [...this.#settled].filter(isWrong).length;
  }
}

/** Runs one life of the program. */
async function live(
  program: string,
  place: string,
  durability: string,
  life: number,
  book: Book,
  fault?: Fault,
  waiting?: string,
): Promise<{ how: 'killed' | 'refused' | 'closed' | 'wrong'; isMet: boolean; count: number }> {
  const journal = join(place, 'journal');
  const known = join(place, 'known');
  writeFileSync(known, JSON.stringify([...book.accepted]));
  const args = [program, journal, join(place, 'trace'), durability, String(life), known, String(NEW_TASKS)];
  const command = [process.execPath, ...args, ...(waiting === undefined ? [] : [waiting])];
  const log = join(place, 'strace');
  const [file = '', ...rest] = fault === undefined ? command : [...straceOf(fault, journal, log), ...command];
  // One thread of libuv's pool makes all asynchronous calls: strace counts calls by thread.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const child = spawn(file, rest, { env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), LIFE);
  const start = performance.now();
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  const lines = output.split('\n').slice(0, -1);
  for (const line of lines) book.hear(line, life);
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  const isMet = fault?.what === 'SIGKILL' ? text.includes('killed by SIGKILL') : text.includes('(INJECTED)');
  const isHung = performance.now() - start >= LIFE;
  const last = lines.at(-1) ?? '';
  const isKilled = fault?.what === 'SIGKILL' && isMet && !isHung;
  const how =
    last === 'closed' || waiting !== undefined ? 'closed' : last.startsWith('refused') ? 'refused' : undefined;
  const count = text.split('\n').filter((each) => each.includes('(') && each.includes(' = ')).length;
  return { how: how ?? (isKilled ? 'killed' : 'wrong'), isMet, count };
}

function straceOf({ call, what, when }: Fault, journal: string, log: string): string[] {
  const set = calls[call].join(',');
  const effect = what === 'SIGKILL' ? 'signal=SIGKILL' : `error=${what}`;
  // Many files are opened; only these two matter.
  const paths = call === 'open' ? ['-P', journal, '-P', `${journal}.lock`] : [];
  // The kernel's filter makes strace fast, but it accepts neither paths nor signals.
  const filter = call === 'open' || what === 'SIGKILL' ? [] : ['--seccomp-bpf'];
  const injection = what === undefined ? [] : ['-e', `inject=${set}:${effect}:when=${when}`];
  return ['strace', '-f', ...filter, '-o', log, ...paths, '-e', `trace=${set}`, ...injection];
}
