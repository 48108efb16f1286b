/**
 * Compares statepool with its peers and the raw channel: every subject in a fresh process a round, in alternating order,
 * and the median of the ratios within the rounds. `node bench/run.js [--rounds n] [--only text] [--check]`
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const BASE = 'piscina';

/** A row: what is measured, and the least ratio to piscina that `--check` asks of each subject. */
const rows = [
  {
    title: 'throughput: 1,000 in flight, 1 worker',
    workload: 'throughput',
    workers: 1,
    tasks: 100_000,
    subjects: [
      'piscina',
      'statepool',
      'statepool plans off',
      'statepool window 64',
      'statepool processes',
      'statepool processes window 64',
      'raw channel',
    ],
    must: { statepool: 1, 'statepool window 64': 5 },
  },
  {
    title: 'throughput: 1,000 in flight, 2 workers',
    workload: 'throughput',
    workers: 2,
    tasks: 100_000,
    subjects: ['piscina', 'statepool', 'statepool window 64', 'raw channel'],
    must: {},
  },
  {
    title: 'latency: 1 in flight, 1 worker',
    workload: 'latency',
    workers: 1,
    tasks: 20_000,
    subjects: ['piscina', 'statepool', 'statepool processes', 'raw channel'],
    must: {},
  },
];

/** The growth of the time a task, from a short queue to a long one. */
const growth = { subjects: ['statepool', 'statepool window 64'], short: 10_000, long: 1_000_000, most: 1.3 };

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`bench: --rounds is ${options.rounds}: it must be a whole number of at least 1`);
  process.exit(2);
}
const isWanted = (title) => options.only === undefined || title.includes(options.only);
const shortfalls = [];

printMachine();
for (const row of rows.filter(({ title }) => isWanted(title))) printRow(row);
if (isWanted('queue')) printGrowth();
for (const shortfall of shortfalls) console.log(`SHORT: ${shortfall}`);
if (options.check && shortfalls.length > 0) process.exitCode = 1;

function measure(subject, workload, workers, tasks) {
  const child = fileURLToPath(new URL('./child.js', import.meta.url));
  const flags = ['--expose-gc', '--max-old-space-size=8192'];
  const args = [...flags, child, subject, workload, String(workers), String(tasks)];
  // A clean environment: what this shell sets for Node is not what is compared.
  const output = execFileSync(process.execPath, args, { env: { PATH: process.env.PATH }, encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1));
}

function printRow({ title, workload, workers, tasks, subjects, must }) {
  const figures = new Map(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? subjects : [...subjects].reverse();
    for (const subject of order) figures.get(subject).push(measure(subject, workload, workers, tasks));
  }
  console.log(`\n## ${title} (${tasks.toLocaleString('en')} tasks, ${rounds} rounds)`);
  console.log('subject                          x piscina   (min - max)      us/task   cpu us/task');
  for (const subject of subjects) {
    const own = figures.get(subject);
    const ratios = own.map(({ us }, i) => figures.get(BASE)[i].us / us);
    const ratio = median(ratios);
    const cpu =
      own[0].cpu === undefined
        ? ''
        : median(own.map((each) => each.cpu))
            .toFixed(2)
            .padStart(10);
    const range = `(${Math.min(...ratios).toFixed(2)} - ${Math.max(...ratios).toFixed(2)})`;
    const us = median(own.map((each) => each.us)).toFixed(2);
    console.log(`${subject.padEnd(32)} ${ratio.toFixed(2).padStart(8)}   ${range.padEnd(15)} ${us.padStart(8)} ${cpu}`);
    if (ratio < must[subject])
      shortfalls.push(`${title}: ${subject} ${ratio.toFixed(2)} x piscina, must be ${must[subject]}`);
  }
}

function printGrowth() {
  const { subjects, short, long, most } = growth;
  console.log(
    `\n## the length of the queue: ${long.toLocaleString('en')} tasks at once against ${short.toLocaleString('en')}, 1 worker`,
  );
  console.log('subject                          time a task, long / short   us/task long   heap a queued task');
  for (const subject of subjects) {
    const ratios = [];
    const times = [];
    const bytes = [];
    for (let round = 0; round < rounds; round++) {
      const few = measure(subject, 'burst', 1, short);
      const many = measure(subject, 'burst', 1, long);
      ratios.push(many.us / few.us);
      times.push(many.us);
      bytes.push(many.bytes);
    }
    const ratio = median(ratios);
    const figures = [
      ratio.toFixed(2).padStart(20),
      median(times).toFixed(2).padStart(18),
      `${median(bytes).toFixed(0)} B`.padStart(18),
    ];
    console.log(`${subject.padEnd(32)} ${figures.join(' ')}`);
    if (ratio > most)
      shortfalls.push(`the queue: ${subject} takes ${ratio.toFixed(2)} times as long a task, must be at most ${most}`);
  }
}

function printMachine() {
  const version = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
  const peers = `piscina ${version('./node_modules/piscina/package.json')}`;
  const own = `statepool ${version('../package.json')}, xstate ${version('../node_modules/xstate/package.json')}`;
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}; ${own}; ${peers}`);
  console.log('Ratios of throughput (or of speed) to piscina in the same round: more is better.');
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
