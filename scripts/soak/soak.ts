import { setTimeout as wait } from 'node:timers/promises';
import type { HostName } from 'statepool';
import { chanceFrom } from './chance.ts';
import type { Group } from './chores.ts';
import { DEADLY } from './disturb.ts';
import { Ledger } from './ledger.ts';
import type { Limits } from './limits.ts';
import { heapAfterCollection, Machine, type Sample } from './machine.ts';
import type { SoakReport } from './report.ts';
import { runRound } from './round.ts';
import type { Setting, SoakPool } from './soak-pool.ts';

/** The time between two samples of the operating system, in ms. */
const SAMPLE = 100;
/** The longest time of a task, in ms. An older task hangs: no chore needs a tenth of it. */
const LONGEST_TASK = 30_000;
/** The shortest round and the longest addition to it, in ms. */
const ROUND = 3_000;
const MORE = 9_000;
/**
 * The warm-up, as a part of the time and at most so many ms. Compilers work meanwhile: optimised code grows in the heap
 * for minutes, without any new object. The heap is measured after it.
 */
const WARM_UP = 0.25;
const LONGEST_WARM_UP = 150_000;
/** The longest time until the system removes killed processes, in ms. */
const GONE = 5_000;
/**
 * The pipes of a worker process in its master: output, errors, Node's channel, answers, requests. A thread has the
 * files of its event loop.
 */
const FILES_OF_WORKER = 5;
/** The orphan reaper's pipe, and files that are open for a moment. */
const OTHER_FILES = 4;
/**
 * The most growth of the heap. Runs shorter than this many ms are not checked: they are too short to fill the caches
 * and to compile everything.
 */
const GROWTH = 0.1;
const SHORTEST_CHECKED = 120_000;
/** The warning about a worker that dies after the order to end. */
const DIED_IN_END = /^soak: worker \S+ died before its end was over: /;

/** The options of a soak. */
export interface SoakOptions {
  readonly host: HostName;
  readonly size: number;
  readonly seed: number;
  readonly faults: ReadonlySet<Group>;
  /** The faults that could not be injected, each with a reason. */
  readonly skipped: Readonly<Record<string, string>>;
  readonly limits: Limits | undefined;
  /** The time under load, in ms. */
  readonly time: number;
  /** The soak goes on after that time until there were so many faults: a slow machine has few in a given time. */
  readonly leastFaults: number;
  /** Gets a line after each round. */
  readonly note: (line: string) => void;
}

/** Soaks pools, one after the other, for the given time. Reports every failed check as a violation. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  return new Soak(options).run();
}

class Soak {
  readonly #options: SoakOptions;
  readonly #ledger = new Ledger();
  readonly #machine: Machine;
  readonly #setting: Setting;
  readonly #start = performance.now();
  #pool: SoakPool | undefined;
  #spares = 0;
  #base!: Sample;
  #samples = 0;
  #mostWorkers = 0;
  #above = 0;
  #mostFiles = 0;
  #oldest = 0;
  #orphans = 0;
  #hung = 0;
  #giveUp: (() => void) | undefined;

  constructor(options: SoakOptions) {
    this.#options = options;
    const mark = `soak=${process.pid}-${Date.now()}`;
    this.#machine = new Machine(mark);
    const { host, size, seed, faults, limits } = options;
    this.#setting = {
      host,
      size,
      seed,
      faults,
      limits,
      ledger: this.#ledger,
      machine: this.#machine,
      url: new URL(`worker.js?${mark}`, import.meta.url).href,
    };
  }

  async run(): Promise<SoakReport> {
    const { time } = this.#options;
    process.on('warning', this.#warned);
    process.on('uncaughtException', this.#hit);
    // After this round, Node's own threads have started and the files that stay open are open.
    await this.#round(0, Math.min(ROUND, WARM_UP * time));
    this.#base = this.#machine.sample();
    const isHung = new Promise<true>((resolve) => {
      this.#giveUp = () => resolve(true);
    });
    const sampler = setInterval(() => this.#sample(), SAMPLE);
    const warm = Math.min(WARM_UP * time, LONGEST_WARM_UP);
    let start: number | undefined;
    let rounds = 1;
    for (; !this.#isOver && this.#hung === 0; rounds++) {
      if (start === undefined && this.#elapsed >= warm) start = await heapAfterCollection();
      const left = this.#elapsed < time ? time - this.#elapsed : ROUND;
      const until = start === undefined ? Math.min(left, warm - this.#elapsed) : left;
      const ms = Math.min(until, ROUND + chanceFrom(this.#options.seed, rounds)(MORE));
      await Promise.race([this.#round(rounds, ms), isHung]);
    }
    clearInterval(sampler);
    process.off('warning', this.#warned);
    process.off('uncaughtException', this.#hit);
    this.#ledger.round = undefined;
    this.#hung = Math.max(this.#hung, this.#ledger.writeOff());
    const end = await heapAfterCollection();
    return this.#report(rounds, start ?? end, end);
  }

  get #isOver(): boolean {
    return this.#elapsed >= this.#options.time && this.#ledger.faultCount >= this.#options.leastFaults;
  }

  get #elapsed(): number {
    return performance.now() - this.#start;
  }

  /** Runs one pool from start to end, and checks that it leaves nothing behind. */
  async #round(number: number, ms: number): Promise<void> {
    this.#ledger.round = number;
    const report = await runRound(this.#setting, number, ms, (pool, spares) => {
      this.#pool = pool;
      this.#spares = spares;
    });
    this.#pool = undefined;
    const left = await this.#untilGone();
    if (left > 0) {
      this.#orphans += left;
      this.#ledger.violate(`${left} workers outlive their pool, which ended by ${report.end}`);
    }
    const lost = this.#ledger.writeOff();
    this.#hung += lost;
    const { options, tasks, end } = report;
    this.#options.note(`round ${number}: ${tasks} tasks, ${this.#ledger.faultCount} faults so far, ${options}, ${end}`);
  }

  /**
   * Waits until no worker lives and no more files and threads are open than before; returns the number of living
   * workers.
   */
  async #untilGone(): Promise<number> {
    const end = performance.now() + GONE;
    const base = this.#base as Sample | undefined;
    for (;;) {
      const living = this.#machine.living;
      const { files, threads } = this.#machine.sample();
      const isClean = base === undefined || (files <= base.files && threads <= base.threads);
      if (living === 0 && isClean) return 0;
      if (performance.now() > end) {
        if (base !== undefined && !isClean) {
          const was = `${base.files} files and ${base.threads} threads`;
          const names = this.#machine.openFiles.join(', ');
          this.#ledger.violate(
            `a pool that has ended leaves ${files} files and ${threads} threads of ${was}\n${names}`,
          );
        }
        return living;
      }
      await wait(20);
    }
  }

  #sample(): void {
    const { size, limits } = this.#options;
    const { age, name } = this.#ledger.oldest();
    this.#oldest = Math.max(this.#oldest, age);
    if (age > LONGEST_TASK) this.#hang(name);
    if (limits?.isTight) return;
    const { processes, threads, files } = this.#machine.sample();
    const workers = this.#workersOf(processes, threads);
    // An ending worker keeps its place until its process has exited.
    const allowed = Math.min(size, this.#pool?.workers.length ?? size) + this.#spares;
    this.#samples++;
    this.#mostWorkers = Math.max(this.#mostWorkers, workers);
    this.#mostFiles = Math.max(this.#mostFiles, files);
    if (workers > allowed) {
      this.#above++;
      this.#ledger.violate(`${workers} workers lived where ${allowed} may`);
    }
    const mostFiles = this.#base.files + (size + this.#spares) * FILES_OF_WORKER + OTHER_FILES;
    if (files > mostFiles) this.#ledger.violate(`${files} files were open, and ${mostFiles} may be`);
  }

  #workersOf(processes: number, threads: number): number {
    const { host } = this.#options;
    if (host === 'inline') return this.#pool?.workers.filter(({ state }) => state !== 'dead').length ?? 0;
    return host === 'process' ? processes : threads - this.#base.threads;
  }

  #hang(name: string): void {
    this.#hung = this.#ledger.openCount;
    const { stats, workers } = this.#pool ?? {};
    this.#ledger.violate(
      `${name} has not settled in ${LONGEST_TASK / 1000} s: ${JSON.stringify(stats)} ${JSON.stringify(workers)} ${JSON.stringify(this.#pool?.actor.getSnapshot().value)}`,
    );
    this.#giveUp?.();
  }

  readonly #warned = (warning: Error & { code?: string }): void => {
    // Pools are paused and without workers on purpose, and faults hit workers in their planned end too.
    if (warning.code === 'STATEPOOL_STALLED' || DIED_IN_END.test(warning.message)) return;
    this.#ledger.violate(`a warning: ${warning.name}: ${warning.message}`);
  };

  readonly #hit = (error: unknown): void => {
    this.#ledger.violate(`an error hit the program: ${String((error as { stack?: unknown } | null)?.stack ?? error)}`);
  };

  #report(rounds: number, start: number, end: number): SoakReport {
    const { seed, host, size, time } = this.#options;
    const ledger = this.#ledger;
    const growth = (end - start) / start;
    const kills = ledger.faults['kill -9'] ?? 0;
    const killed = ledger.bereaved.signal ?? 0;
    if (ledger.settled !== ledger.accepted) ledger.violate(`${ledger.settled} of ${ledger.accepted} tasks settled`);
    if (growth > GROWTH && time >= SHORTEST_CHECKED) ledger.violate(`the heap grew by ${(growth * 100).toFixed(1)} %`);
    const deadly = ledger.faults[DEADLY] ?? 0;
    const uncaught = ledger.bereaved.uncaught ?? 0;
    if (uncaught > deadly) ledger.violate(`${deadly} deadly feedbacks cost ${uncaught} tasks their worker`);
    if (killed > kills) ledger.violate(`${kills} kills from outside cost ${killed} tasks their worker`);
    return {
      ok: ledger.violated === 0,
      seed,
      host,
      size,
      seconds: Math.round(this.#elapsed / 1000),
      rounds,
      accepted: ledger.accepted,
      settled: ledger.settled,
      doubles: ledger.doubles,
      hung: this.#hung,
      orphans: this.#orphans,
      wrong: ledger.wrong,
      faults: ledger.faultCount,
      faultsByName: ledger.faults,
      ends: ledger.ends,
      bereaved: ledger.bereaved,
      samples: this.#samples,
      mostWorkers: this.#mostWorkers,
      samplesAboveSize: this.#above,
      files: { start: this.#base.files, end: this.#machine.sample().files, most: this.#mostFiles },
      heap: { start, end, growth: Number(growth.toFixed(4)) },
      oldestTask: Math.round(this.#oldest),
      skipped: this.#options.skipped,
      violations: ledger.violations,
    };
  }
}
