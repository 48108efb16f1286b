/** The name of the global through which `statepool/worker` finds the data of its worker. */
const WORKER = Symbol.for('statepool.worker');

const globals = globalThis as { [WORKER]?: { readonly workerData: unknown } };

/** Keeps the data that this worker was started with: before its kind's module is loaded. */
export function keepWorkerData(workerData: unknown): void {
  globals[WORKER] = { workerData };
}

/** Returns the data that this worker was started with. */
export function keptWorkerData(): unknown {
  return globals[WORKER]?.workerData;
}

/** Resolves with the data that the master of this process sends before everything else. */
export async function receiveWorkerData(): Promise<unknown> {
  const text = await new Promise<string>((resolve) => process.once('message', (message) => resolve(message as string)));
  return process.getBuiltinModule('node:v8').deserialize(Buffer.from(text, 'base64'));
}
