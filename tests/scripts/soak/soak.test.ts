import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { root } from '../../support/sources.ts';

/** The time in minutes: long enough for a few pools on each host. */
const MINUTES = 0.12;
/** A slow machine goes on until there were so many faults. */
const LEAST_FAULTS = 5;

/** The program as compiled with the tests. Each soak starts it twice. */
const program = '.tests/scripts/soak.js';

/** Runs the soak as a person would. */
function soak(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

const onLinux = existsSync('/proc/self/stat') ? test : test.skip;

for (const host of ['process', 'thread', 'inline']) {
  onLinux(`${host}: every task settles once, for any faults of workers, hooks, files and signals`, async (t) => {
    t.timeout(200_000);
    const { exitCode, stdout, stderr } = await soak(
      '--minutes',
      String(MINUTES),
      '--least-faults',
      String(LEAST_FAULTS),
      '--host',
      host,
    );
    t.is(exitCode, 0, stderr);
    const report = JSON.parse(stdout);
    t.like(report, { ok: true, host, size: 4, doubles: 0, hung: 0, orphans: 0, wrong: 0, violations: [] });
    t.is(report.settled, report.accepted);
    t.true(report.faults >= LEAST_FAULTS, stderr);
    // A pool may have two spares besides its four workers.
    t.true(report.samples > 0 && report.mostWorkers > 0 && report.mostWorkers <= 6);
    t.is(report.samplesAboveSize, 0);
    t.regex(stderr, /^soak: seed \d+, 4 workers on the host \w+, 0\.12 min$/m);
  });
}

/** Returns the processes with this text in their command line. */
function processesOf(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

onLinux('an interrupted soak ends its processes, and then itself', async (t) => {
  const seed = String(1_000_000_000 + process.pid);
  const flags = [program, '--seed', seed];
  const child = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  for await (const text of child.stderr.setEncoding('utf8')) if (/^round 0/m.test(text)) break;
  // A worker during its fork has the command line of its parent for a moment.
  while (processesOf(seed).length !== 2) await setImmediate();
  child.kill('SIGINT');
  t.deepEqual(await ended, [130, null]);
  while (processesOf(seed).length > 0) await setImmediate();
});

const refuses = test.macro({
  exec: async (t: ExecutionContext, args: readonly string[], problem: RegExp) => {
    const { exitCode, stdout, stderr } = await soak(...args);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, problem);
    t.is(stderr.trim().split('\n').length, 1);
  },
  title: (_, args) => `the soak refuses ${args.join(' ')} in one line`,
});

test(refuses, ['--minutes', '0'], /^soak: .*'--minutes <n>'.*'0'.*above 0/);
test(refuses, ['--size', '4.5'], /^soak: .*'--size <n>'.*'4\.5'.*whole number from 1 to 64/);
test(refuses, ['--host', 'fiber'], /^soak: .*'--host <host>'.*process, thread, inline/);
test(refuses, ['--faults', 'rain'], /^soak: .*'--faults <names>'.*'rain'.*no fault rain; there are: signals, files,/);
test(refuses, ['--speed', '3'], /^soak: unknown option '--speed'/);
