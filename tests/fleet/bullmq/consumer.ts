import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process that leases tasks of a queue, and says so. */
export interface Consumer {
  readonly process: ChildProcess;
  /** Returns the next thing that it says. */
  says(): Promise<string>;
  end(): Promise<void>;
}

/** Starts a consumer. It settles a task when it is told to. */
export function startConsumer(url: string, queue: string, lease: number): Consumer {
  const program = fileURLToPath(new URL('../../fixtures/fleet/consumer.js', import.meta.url));
  const child = fork(program, [queue, String(lease)], { env: { ...process.env, BROKER: url } });
  const said: string[] = [];
  const waiting: Array<(text: string) => void> = [];
  child.on('message', (text: string) => {
    const take = waiting.shift();
    if (take === undefined) said.push(text);
    else take(text);
  });
  return {
    process: child,
    says: async () => said.shift() ?? new Promise((resolve) => waiting.push(resolve)),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
