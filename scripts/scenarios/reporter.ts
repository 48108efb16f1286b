import { stdout } from 'node:process';
import picocolors from 'picocolors';
import { printColoured, shownOn } from '../../bin/terminal/terminal.ts';

/** Prints the course of a scenario. Durations in ms. */
export interface Reporter {
  title(name: string, title: string): void;
  say(elapsed: number, text: string): void;
  check(elapsed: number, what: string, holds: boolean): void;
  end(text: string, holds: boolean): void;
}

/** The width of the times at the beginning of lines. */
const WIDTH = 6;

/** Makes a reporter for stdout or a function. Writes line by line, in colour on a terminal that supports it. */
export function createReporter(write: (line: string) => void = (line) => printColoured(`${line}\n`)): Reporter {
  const colors = picocolors.createColors(stdout.isTTY === true && process.env.NO_COLOR === undefined);
  const time = (elapsed: number) => colors.dim(`${elapsed.toFixed(0).padStart(WIDTH)} ms`);
  // Scenarios print text from workers.
  const shown = (text: string) => shownOn(stdout, text);
  const checked = (what: string, holds: boolean) => (holds ? shown(what) : colors.red(shown(what)));
  return {
    title: (name, title) => write(`${colors.bold(shown(name))}: ${shown(title)}`),
    say: (elapsed, text) => write(`${time(elapsed)}    ${shown(text)}`),
    check: (elapsed, what, holds) =>
      write(`${time(elapsed)}  ${holds ? colors.green('✓') : colors.red('✗')} ${checked(what, holds)}`),
    end: (text, holds) => write(holds ? colors.green(shown(text)) : colors.red(shown(text))),
  };
}
