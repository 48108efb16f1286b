import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chanceOf } from '../../testing/graph/cover.ts';

/** The options of the kills. */
export interface CrashOptions {
  readonly kills: number;
  readonly tasks: number;
  readonly seed: number;
  readonly durability: string;
  readonly host: string;
}

/** The result of the kills. */
export interface CrashReport {
  readonly tasks: number;
  readonly kills: number;
  readonly accepted: number;
  readonly settled: number;
  /** Tasks that began more than once: they were under way when the program was killed. */
  readonly begunAgain: number;
  /** Tasks that were reported as accepted in one life and were unknown in a later one, and tasks that never settled. */
  readonly lost: number;
  /** Tasks that began in a later life than the one that reported their end. */
  readonly rerun: number;
  /** Tasks that ended with another task's result. */
  readonly wrong: number;
}

const program = fileURLToPath(new URL('./program.js', import.meta.url));

/**
 * Runs a program with a journal, life after life. Ends every life but the last by SIGKILL, at a random moment between
 * two lines of its output. Each life asks by id for all tasks accepted before, and submits the rest.
 */
export async function crash({ kills, tasks, seed, durability, host }: CrashOptions): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-crash-'));
  const trace = join(folder, 'trace');
  const chance = chanceOf(seed);
  const accepted = new Set<string>();
  /** The life that reported each task's end, and the result. */
  const settled = new Map<string, { life: number; result: string }>();
  let life = 0;
  let lost = 0;
  let killed = 0;

  function hear(line: string): void {
    const [, verb, name = '', result = ''] = /^(accepted|settled|lost) ([^=]*)(?:=(.*))?$/.exec(line) ?? [];
    if (verb === 'lost') lost += Number(name);
    else if (verb === 'accepted') accepted.add(name);
    else if (verb === 'settled' && !settled.has(name)) settled.set(name, { life, result });
  }

  /**
   * Runs one life. Kills it after a random number of the lines still to come, few enough to spread the kills over all
   * of the work.
   */
  function liveOnce(): Promise<void> {
    const known = join(folder, 'accepted');
    writeFileSync(known, JSON.stringify([...accepted]));
    const args = [program, join(folder, 'journal'), trace, durability, host, String(tasks), known];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, CRASH_LIFE: String(life) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const news = 2 * tasks - accepted.size - settled.size;
    let left = killed < kills ? Math.floor((chance() * 2 * news) / (kills - killed)) : Number.POSITIVE_INFINITY;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const before = accepted.size + settled.size;
      hear(line);
      left -= accepted.size + settled.size - before;
      if (left > 0 || killed === kills || child.killed) return;
      killed++;
      child.kill('SIGKILL');
    });
    return new Promise((resolve, reject) => {
      child.on('close', (code, signal) => {
        if (signal === 'SIGKILL' || code === 0) resolve();
        else reject(new Error(`life ${life} ended with ${signal ?? `exit code ${code}`}`));
      });
    });
  }

  try {
    do {
      await liveOnce();
      life++;
    } while ((settled.size < tasks || killed < kills) && life <= 2 * kills + 1);
    const lives = livesOf(trace);
    const all = Array.from({ length: tasks }, (_, i) => `task ${i}`);
    return {
      tasks,
      kills: killed,
      accepted: accepted.size,
      settled: settled.size,
      begunAgain: all.filter((name) => (lives.get(name)?.length ?? 0) > 1).length,
      lost: lost + all.filter((name) => !lives.has(name) || !settled.has(name)).length,
      rerun: all.filter((name) => lives.get(name)?.some((at) => at > (settled.get(name)?.life ?? at))).length,
      wrong: all.filter((name) => settled.get(name)?.result !== `the end of ${name}`).length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the lives in which each task began. */
export function livesOf(trace: string): Map<string, number[]> {
  const lives = new Map<string, number[]>();
  for (const line of existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n') : []) {
    const [, name = '', life] = /^(.*) (\d+)$/.exec(line) ?? [];
    lives.set(name, [...(lives.get(name) ?? []), Number(life)]);
  }
  return lives;
}
