import { Session } from './session.ts';

const sessions = new Map<string, Session>();

/**
 * The session of the worker with that id (`kind:slot:serial`), made when it is first asked for. In the worker.
 *
 * Workers of the inline host share a process: the session of a slot's former worker ends when its successor's begins.
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

/** Ends the session of a worker that will not be asked again, its solver with it. In the worker. */
export function endSession(workerId: string): void {
  sessions.get(workerId)?.dispose();
  sessions.delete(workerId);
}
