import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { root } from '../support/sources.ts';

/** Long enough for a few pools on each host. */
const MINUTES = 0.12;
/** Fewer than the slowest of machines injects in that time. */
const FEWEST_FAULTS = 5;

/** Runs the soak as a person would. */
function soak(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import=tsx', 'scripts/soak.ts', ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

const onLinux = existsSync('/proc/self/stat') ? test : test.skip;

for (const host of ['process', 'thread']) {
  onLinux(`${host}: every task settles once while workers are killed, stopped, cancelled and broken`, async (t) => {
    t.timeout(110_000);
    const { exitCode, stdout, stderr } = await soak('--minutes', String(MINUTES), '--host', host);
    t.is(exitCode, 0, stderr);
    const report = JSON.parse(stdout);
    t.like(report, { ok: true, host, size: 4, doubles: 0, hung: 0, orphans: 0, wrong: 0, violations: [] });
    t.is(report.settled, report.accepted);
    t.true(report.faults >= FEWEST_FAULTS, stderr);
    t.true(report.samples > 0 && report.mostWorkers > 0 && report.mostWorkers <= 4);
    t.is(report.samplesAboveSize, 0);
    t.regex(stderr, /^soak: seed \d+, 4 workers on the host \w+, 0\.12 min$/m);
  });
}

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
test(refuses, ['--host', 'inline'], /^soak: .*'--host <host>'.*process, thread/);
test(refuses, ['--speed', '3'], /^soak: unknown option '--speed'/);
