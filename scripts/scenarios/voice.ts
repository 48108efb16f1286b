import { stdout } from 'node:process';
import picocolors from 'picocolors';

/** How a story is heard. Durations in ms. */
export interface Voice {
  title(name: string, title: string): void;
  say(elapsed: number, text: string): void;
  check(elapsed: number, what: string, holds: boolean): void;
  end(text: string, holds: boolean): void;
}

/** The width of the times at the beginning of lines. */
const WIDTH = 6;

/** Tells stories on stdout, or to a function: a line at a time, in colour where a terminal shows it. */
export function createVoice(write: (line: string) => void = (line) => void stdout.write(`${line}\n`)): Voice {
  const colors = picocolors.createColors(stdout.isTTY === true && process.env.NO_COLOR === undefined);
  const time = (elapsed: number) => colors.dim(`${elapsed.toFixed(0).padStart(WIDTH)} ms`);
  return {
    title: (name, title) => write(`${colors.bold(name)}: ${title}`),
    say: (elapsed, text) => write(`${time(elapsed)}    ${text}`),
    check: (elapsed, what, holds) =>
      write(`${time(elapsed)}  ${holds ? colors.green('✓') : colors.red('✗')} ${holds ? what : colors.red(what)}`),
    end: (text, holds) => write(holds ? colors.green(text) : colors.red(text)),
  };
}
