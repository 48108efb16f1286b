import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ViewFlags } from './view-flags.ts';

/** The shared flags, as commander parses them. */
export interface PoolFlags extends ViewFlags {
  readonly size?: number;
  readonly host: 'process' | 'thread' | 'inline';
}

/** Adds the flags of a command that makes a pool. `draw` is the flag that draws it in the terminal. */
export function addPoolFlags(command: Command, draw = '--watch'): Command {
  return addViewFlags(command, draw)
    .option(
      '--size <n>',
      'number of workers (default: one for each processor)',
      countOf('a number of workers, at least 1', 1, 4096),
    )
    .addOption(
      new Option('--host <host>', 'where workers run').choices(['process', 'thread', 'inline']).default('process'),
    );
}

/** Adds the flags that show a command's pool. `draw` is the flag that draws it in the terminal. */
export function addViewFlags(command: Command, draw = '--watch'): Command {
  return command
    .option(
      '--inspect [port]',
      'show the pool in a browser, and print the address (default port: any free port)',
      countOf('a port', 0, 65_535),
    )
    .option('--inspect-wait', 'the same, but start the work when a viewer opens the address', false)
    .option(draw, 'draw workers, queue and rates in the terminal', false);
}

/** Returns a parser for whole numbers. @throws {InvalidArgumentError} for any other text: the message names `what` */
export function countOf(what: string, least = 0, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be ${what}, a whole number.`);
  };
}
