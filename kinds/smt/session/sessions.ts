import { Session } from './session.ts';

const sessions = new Map<string, Session>();

/**
 * Returns the session of the worker with that id (`kind:slot:serial`). The first call makes it. In the worker.
 *
 * Workers of the inline host share a process: the first call for a worker ends the session of the former worker in its
 * slot.
 */
export function sessionOf(workerId: string): Session {
  const found = sessions.get(workerId);
  if (found) return found;
  const slot = workerId.slice(0, workerId.lastIndexOf(':') + 1);
  for (const [id, session] of sessions) {
    if (slot === '' || !id.startsWith(slot)) continue;
    session.dispose();
    sessions.delete(id);
  }
  const session = new Session();
  sessions.set(workerId, session);
  return session;
}

/** Ends the session of a worker that gets no more requests, and its solver. In the worker. */
export function endSession(workerId: string): void {
  sessions.get(workerId)?.dispose();
  sessions.delete(workerId);
}
