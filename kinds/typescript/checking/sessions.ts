import { TypescriptSession } from './session.ts';

const sessions = new Map<string, TypescriptSession>();

/**
 * Returns the session of the worker with that id (`kind:slot:serial`). The first call makes it. In the worker.
 *
 * Workers of the inline host share a process: the first call for a worker ends the session of the former worker in its
 * slot.
 */
export function typescriptSessionOf(workerId: string): TypescriptSession {
  const found = sessions.get(workerId);
  if (found) return found;
  const slot = workerId.slice(0, workerId.lastIndexOf(':') + 1);
  for (const id of [...sessions.keys()]) if (slot !== '' && id.startsWith(slot)) endTypescriptSession(id);
  const session = new TypescriptSession();
  sessions.set(workerId, session);
  return session;
}

/** Ends the session of a worker that gets no more requests, and its server. In the worker. */
export function endTypescriptSession(workerId: string): void {
  sessions.get(workerId)?.dispose();
  sessions.delete(workerId);
}
