import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createPool, type Pool } from '../actors/index.ts';
import { loadKind } from '../actors/load-kind.ts';
import { complain, note, onInterrupt, SOME_FAILED } from './exit.ts';
import { type JournalFlags, journalOf } from './journal-flags.ts';
import { jsonOf, jsonOfError } from './json.ts';
import { urlOfKind } from './kind-url.ts';
import { lookAt } from './look.ts';
import type { PoolFlags } from './statepool.ts';

/** Tasks that are read ahead for each worker. */
const AHEAD = 8;

/** The flags of `statepool run`. */
export interface RunFlags extends PoolFlags, JournalFlags {
  /** A file, or `-` for standard input. */
  readonly tasks: string;
}

/** Runs the tasks of a file on a kind; one line of result or error each, in order. Sets the exit code: 0, 1 some failed, 2 bad input. */
export async function run(kindName: string, flags: RunFlags): Promise<void> {
  let pool: Pool<unknown>;
  let input: Readable;
  try {
    const kind = await loadKind(urlOfKind(kindName));
    const journal = journalOf(flags);
    input = await inputOf(flags.tasks);
    pool = createPool(kind, {
      host: flags.host,
      ...(flags.size === undefined ? {} : { size: flags.size }),
      ...(journal === undefined ? {} : { journal }),
      onOutput: ({ worker, line }) => note(`[${worker}] ${line}`),
    });
  } catch (error) {
    return complain(error);
  }
  let lines: Interface | undefined;
  const stopListening = onInterrupt(() => {
    // Who types the tasks need not end them too.
    lines?.close();
    input.destroy();
    return pool.destroy();
  });
  pool.on('stalled', (error) => {
    note(`statepool: ${error.message}`);
    // Nothing else will come once the input has ended; until then another task may free them.
    if (isRead) pool.cancelAll(error);
  });
  const stopLooking = await lookAt(pool, flags);
  let isRead = false;
  let number = 0;
  const window: Promise<string>[] = [];
  const limit = Math.max(1, pool.size) * AHEAD;
  // Made no sooner: it does not wait for who reads it.
  lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of input.destroyed ? [] : lines) {
    number++;
    if (line.trim() === '') continue;
    window.push(outcomeOf(line, number));
    if (window.length >= limit) process.stdout.write((await window.shift()) as string);
  }
  isRead = true;
  if (pool.actor.getSnapshot().matches('stalled'))
    pool.cancelAll(new Error('no worker takes it, and no more tasks come'));
  for (const outcome of window) process.stdout.write(await outcome);
  stopLooking();
  await pool.destroy();
  stopListening();

  async function outcomeOf(line: string, at: number): Promise<string> {
    let task: unknown;
    try {
      task = JSON.parse(line);
    } catch (error) {
      const problem = `${flags.tasks === '-' ? 'standard input' : flags.tasks}:${at}: not JSON: ${(error as Error).message}`;
      complain(problem);
      return `${JSON.stringify({ error: { code: 'BAD_LINE', message: problem, line: at } })}\n`;
    }
    try {
      return `${jsonOf(await pool.run(task, flags.journal === undefined ? {} : { id: idOf(line, at) }))}\n`;
    } catch (error) {
      process.exitCode ??= SOME_FAILED;
      return `${jsonOfError(error)}\n`;
    }
  }
}

/** The name of a line in a journal: where it stands, and what it says. */
function idOf(line: string, at: number): string {
  return `${at} ${createHash('sha256').update(line).digest('base64url').slice(0, 16)}`;
}

async function inputOf(name: string): Promise<Readable> {
  if (name === '-') return process.stdin;
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
