import { RocqSession } from './session.ts';

const sessions = new Map<string, RocqSession>();

/**
 * Returns the session of the worker with that id (`kind:slot:serial`). The first call makes it. In the worker.
 *
 * Workers of the inline host share a process: the first call for a worker ends the session of the former worker in its
 * slot.
 */
export function rocqSessionOf(workerId: string): RocqSession {
  const found = sessions.get(workerId);
  if (found) return found;
  const slot = workerId.slice(0, workerId.lastIndexOf(':') + 1);
  for (const id of [...sessions.keys()]) if (slot !== '' && id.startsWith(slot)) endRocqSession(id);
  const session = new RocqSession();
  sessions.set(workerId, session);
  return session;
}

/** Ends the session of a worker that gets no more requests, and its engine. In the worker. */
export function endRocqSession(workerId: string): void {
  sessions.get(workerId)?.dispose();
  sessions.delete(workerId);
}
