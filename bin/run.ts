import { createHash } from 'node:crypto';
import { createReadStream, fstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createPool, type Pool } from '../actors/index.ts';
import { loadKind } from '../actors/tooling.ts';
import { type BrokerFlags, brokerOf } from './flags/broker-flags.ts';
import { type JournalFlags, journalOf } from './flags/journal-flags.ts';
import { urlOfKind } from './flags/kind-url.ts';
import type { PoolFlags } from './flags/pool-flags.ts';
import { showPool } from './flags/view-flags.ts';
import { runInOrder } from './in-order.ts';
import { jsonOf, jsonOfError } from './json.ts';
import { complain } from './terminal/exit.ts';
import { SOME_FAILED } from './terminal/exit-codes.ts';
import { onInterrupt } from './terminal/interrupt.ts';
import { note, print } from './terminal/terminal.ts';
import { withoutMark } from './text-files.ts';

/** The tasks under way for each worker, including those that wait for their turn to be printed. */
const IN_FLIGHT = 8;

/** The tasks of a file that are in a fleet at once. */
const IN_FLEET = 1000;

/** The flags of `statepool run`. */
export interface RunFlags extends PoolFlags, JournalFlags, BrokerFlags {
  /** The path of a file, or `-` for standard input. */
  readonly tasks: string;
  /** Refuses nodes of a fleet whose kind has another version. */
  readonly strict: boolean;
}

/**
 * Runs the tasks of a file on a kind. Prints one line of result or error for each, in order. Sets the exit code: 0, 1
 * if some failed, 2 for bad input.
 */
export async function run(kindName: string, flags: RunFlags): Promise<void> {
  if (flags.broker !== undefined) return runOnFleet(kindName, flags);
  let opened: { readonly pool: Pool<unknown>; readonly input: Readable };
  try {
    opened = await openPool(kindName, flags);
  } catch (error) {
    return complain(error);
  }
  const { pool, input } = opened;
  let lines: Interface | undefined;
  const stopListening = onInterrupt(() => {
    // The input is closed here: a user who types the tasks need not end it.
    lines?.close();
    input.destroy();
    return pool.destroy();
  });
  pool.on('stalled', (error) => {
    note(`statepool: ${error.message}`);
    // While tasks still come, one of them may end the stall.
    if (isHalted) pool.cancelAll(error);
  });
  const stopShowing = await showPool(pool, flags);
  let isHalted = false;
  input.on('error', (error) => complain(`${nameOf(flags)} cannot be read: ${error.message}`));
  // Made last: the interface emits lines at once, and does not wait for a reader.
  lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  await runInOrder(tasksIn(input.destroyed ? [] : lines), {
    most: Math.max(1, pool.size) * IN_FLIGHT,
    run: (line) => outcomeOf(pool, line, flags),
    print,
    onHalt() {
      isHalted = true;
      if (!pool.actor.getSnapshot().matches('stalled')) return;
      pool.cancelAll(new Error('no worker takes this task, and no more tasks come'));
    },
    onGo() {
      isHalted = false;
    },
  });
  stopShowing();
  // Follow-ups that are left are cancelled, and the workers run the kind's `end`.
  await pool.close({ tasks: 'cancel' });
  stopListening();
}

/** Runs the tasks on the nodes of a fleet. With `--resume` a task that has settled there is not run again. */
async function runOnFleet(kindName: string, flags: RunFlags): Promise<void> {
  try {
    if (flags.journal !== undefined) throw new Error('--journal is for a pool: the broker keeps the tasks of a fleet');
    const kind = await loadKind(urlOfKind(kindName));
    const at = brokerOf(flags);
    const input = await inputOf(flags.tasks);
    const { connect } = await import('../fleet/index.ts');
    const fleet = (await connect(kind, { ...at, strict: flags.strict })) as unknown as Runner & {
      destroy(): Promise<void>;
    };
    let lines: Interface | undefined;
    const stopListening = onInterrupt(() => {
      lines?.close();
      input.destroy();
      return fleet.destroy();
    });
    input.on('error', (error) => complain(`${nameOf(flags)} cannot be read: ${error.message}`));
    lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    await runInOrder(tasksIn(input.destroyed ? [] : lines), {
      most: IN_FLEET,
      run: (line) => outcomeOf(fleet, line, flags),
      print,
      onHalt() {},
      onGo() {},
    });
    await fleet.destroy();
    stopListening();
  } catch (error) {
    complain(error);
  }
}

/** Opens the tasks and makes the pool. @throws what keeps the command from starting */
async function openPool(kindName: string, flags: RunFlags): Promise<{ pool: Pool<unknown>; input: Readable }> {
  const kind = await loadKind(urlOfKind(kindName));
  const journal = journalOf(flags);
  const input = await inputOf(flags.tasks);
  const pool = createPool(kind, {
    host: flags.host,
    ...(flags.size === undefined ? {} : { size: flags.size }),
    ...(journal === undefined ? {} : { journal }),
    onOutput: ({ worker, line }) => note(`[${worker}] ${line}`),
  });
  return { pool, input };
}

/** The part of a pool, or of a fleet, that runs a task. */
type Runner = { run(task: unknown, options: { readonly id?: string }): Promise<unknown> };

/** One line of the tasks, and its number from 1. */
interface Line {
  readonly text: string;
  readonly at: number;
}

async function* tasksIn(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Line> {
  let at = 0;
  for await (const line of lines) {
    at++;
    const text = withoutMark(line);
    if (text.trim() !== '') yield { text, at };
  }
}

/** Runs the task of a line; returns the line to print. */
async function outcomeOf(pool: Runner, { text, at }: Line, flags: RunFlags): Promise<string> {
  let task: unknown;
  try {
    task = JSON.parse(text);
  } catch (error) {
    const problem = `${nameOf(flags)}:${at}: not JSON: ${(error as Error).message}`;
    complain(problem);
    return `${JSON.stringify({ error: { code: 'BAD_LINE', message: problem, line: at } })}\n`;
  }
  try {
    return `${jsonOf(await pool.run(task, flags.journal === undefined && !flags.resume ? {} : { id: idOf(text, at) }))}\n`;
  } catch (error) {
    process.exitCode ??= SOME_FAILED;
    return `${jsonOfError(error)}\n`;
  }
}

function nameOf({ tasks }: RunFlags): string {
  return tasks === '-' ? 'standard input' : tasks;
}

/** Returns the id of a line in a journal: its number, and the hash of its text. */
function idOf(line: string, at: number): string {
  return `${at} ${createHash('sha256').update(line).digest('base64url').slice(0, 16)}`;
}

async function inputOf(name: string): Promise<Readable> {
  if (name === '-') {
    // Node treats a folder as an input that has ended.
    if (fstatSync(0).isDirectory())
      throw new Error('standard input is a folder: pipe the tasks in, or name their file with --tasks');
    return process.stdin;
  }
  try {
    const file = await open(name);
    if ((await file.stat()).isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    await file.close();
    return createReadStream(name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`--tasks ${name}: ${code === 'ENOENT' ? 'no such file' : message}`);
  }
}
