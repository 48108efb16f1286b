import { type ChildProcess, spawnSync } from 'node:child_process';
import { dataFolder, endServer, freePort, removeFolder, startServer, type TestEngine } from './engine.ts';

/** Says why there is no Redis here, or returns `undefined` if there is one. */
export const noRedis: string | undefined =
  spawnSync('redis-server', ['--version']).error === undefined ? undefined : 'there is no redis-server on the PATH';

/**
 * Starts a Redis that writes each command to its file before it answers. By default it may answer first, and forgets up to
 * a second or two of what it has answered when it is killed.
 */
export async function startRedis(): Promise<TestEngine> {
  const port = await freePort();
  const folder = dataFolder('redis');
  const args = [
    `--port ${port}`,
    '--bind 127.0.0.1',
    `--dir ${folder}`,
    '--appendonly yes',
    '--appendfsync always',
    '--maxmemory-policy noeviction',
  ]
    .join(' ')
    .split(' ');
  const command = { file: 'redis-server', args: [...args, '--save', ''], ready: 'Ready to accept connections' };
  let server: ChildProcess | undefined;
  const urlAt = (at: number) => `redis://127.0.0.1:${at}`;
  const engine: TestEngine = {
    name: 'redis',
    port,
    url: urlAt(port),
    urlAt,
    kill: () => endServer(server, 'SIGKILL'),
    async start() {
      server = await startServer(command);
    },
    async stop() {
      await endServer(server, 'SIGTERM');
      removeFolder(folder);
    },
  };
  await engine.start();
  return engine;
}
