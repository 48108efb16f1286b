import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real engine on this machine, for one test file. */
export interface TestEngine {
  readonly name: 'redis' | 'postgres';
  readonly port: number;
  readonly url: string;
  /** Returns its address through another port, as a proxy has it. */
  urlAt(port: number): string;
  /** Kills it with SIGKILL, and waits until all of it is gone. */
  kill(): Promise<void>;
  /** Starts it again, with its data, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** The command of a server, and the line that says that it answers. */
export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  readonly ready: string;
}

/** Returns a port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Makes a new folder that everybody may enter. */
export function dataFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `statepool-${name}-`));
}

/** Starts a server and waits for its line. @throws with the server's last words if it ends before */
export async function startServer({ file, args, ready, ...options }: ServerCommand): Promise<ChildProcess> {
  const server = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      words += chunk;
      if (words.includes(ready)) resolve();
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.once('error', reject);
    server.once('exit', (code, signal) =>
      reject(new Error(`${file} ended (${code ?? signal}): ${words.slice(-2000)}`)),
    );
  });
  words = '';
  server.stdout?.removeAllListeners('data').resume();
  server.stderr?.removeAllListeners('data').resume();
  return server;
}

/** Sends a signal to a server and waits for its end. */
export async function endServer(server: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const end = once(server, 'exit');
  server.kill(signal);
  await end;
}

/** Removes a folder. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
