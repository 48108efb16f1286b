import { execFileSync } from 'node:child_process';

/**
 * Runs a measuring program, given as a command with its arguments, for at most `patience` ms, and returns the JSON in
 * its last line of output; `undefined`, with a line of the cause, if it did not finish.
 */
export function measureInChild(subject, [command, ...args], patience) {
  try {
    // A clean environment: this shell's settings for Node must not affect the comparison.
    const output = execFileSync(command, args, {
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
      timeout: patience,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(output.trim().split('\n').at(-1));
  } catch (error) {
    console.log(`${subject} did not finish: ${error.message.split('\n')[0]}`);
    return undefined;
  }
}
