/** Whole programs: each run is a new process, from its start to its exit. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtUrl } from '../built.js';
import { median } from '../statistics.js';
import { filesOf } from './smt-files.js';

/** The length of a tick of /proc, in ms. */
const TICK = 10;

const file = (name) => fileURLToPath(new URL(`../programs/${name}`, import.meta.url));

/** The workloads that start their subjects as programs. `runs`: the number of measured runs. */
export const programs = {
  /** Measures a program that imports a library, makes a pool of one worker, runs one task and ends the pool. */
  program: (subject, { host, runs, isQuick }) => {
    const args =
      subject === 'node alone'
        ? [file('nothing.js')]
        : [file(`${subject.replace(' ', '-')}.js`), host, builtUrl('statepool')];
    const figures = timesOf(process.execPath, args, isQuick ? Math.ceil(runs / 2) : runs);
    const mib = median(figures.outputs.map((output) => Number(/"maxRss":(\d+)/.exec(output)[1]) / 1024));
    return { us: figures.ms * 1000, ms: figures.ms, cpuMs: figures.cpuMs, mib };
  },

  /** Measures a proof of one trivial goal: by this package's command with the native solver, or by the solver alone. */
  command: (subject, { runs, isQuick }) => {
    const goal = file('trivial.smt2');
    const statepool = fileURLToPath(new URL('../../dist/bin/statepool.js', import.meta.url));
    const [command, args] =
      subject === 'z3'
        ? ['z3', [goal]]
        : [process.execPath, [statepool, 'prove', '--no-cache', '--engine', 'z3', '--size', '1', goal]];
    const { ms, cpuMs, outputs } = timesOf(command, args, isQuick ? Math.ceil(runs / 2) : runs);
    if (!outputs.every((output) => /unsat|1 proved/.test(output)))
      throw new Error(`${subject} has not proved the goal`);
    return { us: ms * 1000, ms, cpuMs };
  },

  /**
   * Measures the proof of files by this package's command beside the solver itself, by turns. `ratio`: to the solver's
   * time. `budget`: to 0.4 s and three times the solver's time. `goalMs`: the time of a goal after the command's start.
   */
  proveFiles: (subject, { set, goals, runs, isQuick }) => {
    const files = filesOf(set);
    const rival = () => timeOf('sh', ['-c', `ls ${join(dirname(files[0]), '*.smt2')} | xargs -P2 -n1 z3`]);
    if (subject === 'z3') {
      const ms = median(Array.from({ length: runs }, rival));
      return { us: ms * 1000, ms };
    }
    const args = [statepoolPath, 'prove', '--no-cache', '--engine', 'z3', ...subject.split(' ').slice(1)];
    const own = () => timeOf(process.execPath, [...args, dirname(files[0])]);
    const start = () => timeOf(process.execPath, [...args, file('trivial.smt2')]);
    own();
    const rounds = Array.from({ length: isQuick ? 2 : runs }, () => {
      // Each is measured twice, in both orders: the machine may become slower meanwhile.
      const [a, b, c, d] = [rival(), own(), own(), rival()];
      return { rivalMs: (a + d) / 2, ms: (b + c) / 2, startMs: start() };
    });
    const of = (figure) => median(rounds.map(figure));
    const ms = of((round) => round.ms);
    return {
      us: ms * 1000,
      ms,
      ratio: of((round) => round.ms / round.rivalMs),
      speed: of((round) => round.rivalMs / round.ms),
      budget: of((round) => round.ms / (400 + 3 * round.rivalMs)),
      goalMs: of((round) => (round.ms - round.startMs) / goals),
      more: { 'ms of the solver': of(({ rivalMs }) => rivalMs) },
    };
  },

  /**
   * Measures a portfolio of engines beside the best native one of them for each goal. `ratio`: of the times after the start of
   * the command. `orphans`: the solvers that are left when the command has ended.
   */
  provePortfolio: (subject, { set, runs, isQuick }) => {
    const files = filesOf(set);
    const winners = files.map(winnerOf);
    const bestOfEach = () => files.map((path, i) => answerTimeOf(winners[i], path, LIMITS.at(-1)));
    if (subject === 'the best engine') {
      const ms = sumOf(bestOfEach());
      return { us: ms * 1000, ms };
    }
    const args = [statepoolPath, ...subject.split(' '), '--no-cache', '--json'];
    const mark = `STATEPOOL_BENCH_${process.pid}`;
    const rounds = Array.from({ length: isQuick ? 1 : runs }, () => {
      const best = bestOfEach();
      const start = performance.now();
      const { stdout } = spawnSync(process.execPath, [...args, dirname(files[0])], {
        encoding: 'utf8',
        env: { ...process.env, [mark]: '1' },
      });
      const ms = performance.now() - start;
      const left = orphansWith(mark);
      const goals = stdout.split('\n').filter((line) => line.includes('"type":"goal"'));
      const ratios = goals.map((line, i) => JSON.parse(line).ms / best[i]);
      if (ratios.length !== files.length) throw new Error(`${subject} has failed: ${stdout.slice(-500)}`);
      const startMs = timeOf(process.execPath, [...args, file('trivial.smt2')]);
      return { bestMs: sumOf(best), ratios, ms, orphans: left, startMs };
    });
    const of = (figure) => median(rounds.map(figure));
    const ms = of((round) => round.ms);
    return {
      us: ms * 1000,
      ms,
      ratio: of((round) => (round.ms - round.startMs) / round.bestMs),
      orphans: Math.max(...rounds.map(({ orphans }) => orphans)),
      more: {
        'ms of the best engines': of(({ bestMs }) => bestMs),
        'ratio of the median goal': of(({ ratios }) => median(ratios)),
        'ratio of the worst goal': of(({ ratios }) => Math.max(...ratios)),
      },
    };
  },
};

const sumOf = (numbers) => numbers.reduce((sum, each) => sum + each, 0);

/** The native solvers of the portfolio, with their flags for a time limit in s. */
const ENGINES = {
  z3: (limit) => `-T:${limit}`,
  cvc5: (limit) => `--tlimit=${limit * 1000}`,
};

/** The limits of the solvers in s, one a try: most goals are decided within the first one. */
const LIMITS = [1, 5];

/** Returns the name of the solver that decides a file first. */
function winnerOf(path) {
  for (const limit of LIMITS) {
    const times = Object.keys(ENGINES).map((name) => [answerTimeOf(name, path, limit), name]);
    const [ms, winner] = times.toSorted(([a], [b]) => a - b)[0];
    if (ms < Number.POSITIVE_INFINITY) return winner;
  }
  throw new Error(`no solver decides ${path}`);
}

/** Returns the ms until a solver has answered, `Infinity` if it is stopped. */
function answerTimeOf(name, path, limit) {
  const start = performance.now();
  const { stdout } = spawnSync(name, [ENGINES[name](limit), path], { encoding: 'utf8' });
  return /^(sat|unsat)$/m.test(stdout) ? performance.now() - start : Number.POSITIVE_INFINITY;
}

/** Returns the number of running processes whose environment has a name. */
function orphansWith(mark) {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  }).length;
}

const statepoolPath = fileURLToPath(new URL('../../dist/bin/statepool.js', import.meta.url));

/** Returns the time of a program, in ms. */
function timeOf(command, args, env = process.env) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env });
  if (status !== 0 || !/unsat|proved/.test(stdout)) throw new Error(`${command} has failed: ${stderr.slice(-500)}`);
  return performance.now() - start;
}

/** Runs a program several times; returns the medians of its time and of its processor time, in ms, and its outputs. */
function timesOf(command, args, runs) {
  const times = [];
  const outputs = [];
  let cpu;
  // The first run fills the caches of the system.
  for (let i = 0; i <= runs; i++) {
    if (i === 1) cpu = timeOfChildren();
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    const ms = performance.now() - start;
    if (status !== 0) throw new Error(`${command} ${args[0]} has ended with ${status}: ${stderr.slice(-500)}`);
    if (i === 0) continue;
    times.push(ms);
    outputs.push(stdout + stderr);
  }
  const cpuMs = cpu === undefined ? undefined : (timeOfChildren() - cpu) / runs;
  return { ms: median(times), cpuMs, outputs };
}

/** Returns the processor time of all ended children and their children, in ms; `undefined` if the system hides it. */
function timeOfChildren() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * TICK;
  } catch {
    return undefined;
  }
}
