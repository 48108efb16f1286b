/** The name of an action or a guard as a machine refers to it; a function without a name is `inline`. */
export function nameOf(reference: unknown): string {
  if (typeof reference === 'string') return reference;
  if (typeof reference === 'function') {
    const { name, guards } = reference as { name: string; guards?: readonly unknown[] };
    return guards === undefined ? name || 'inline' : `${name} ${guards.map(nameOf).join(', ')}`;
  }
  const type = (reference as { type?: unknown } | null | undefined)?.type;
  return type === undefined ? 'inline' : nameOf(type);
}

/** An event's type as a person reads it: XState's own events have long ones. */
export function nameOfEvent(type: string): string {
  if (type === '') return 'always';
  if (type === '*') return 'any other event';
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(type) ?? [];
  if (delay !== undefined) return `after ${delay}${/^\d+$/.test(delay) ? ' ms' : ''}`;
  const [, outcome, of] = /^xstate\.(done|error)\.(?:actor|state)\.(.*)$/.exec(type) ?? [];
  return outcome === undefined ? type : `${outcome} ${of}`;
}

/** Whether an action is the machine's own: XState starts and stops the timer of an `after` on entry and exit. */
function isOfTimer(action: unknown): boolean {
  const { id, sendId } = (action ?? {}) as { id?: unknown; sendId?: unknown };
  return /^xstate\.after\./.test(String(id ?? sendId));
}

/** The names of the actions that a machine's text has. */
export function namesOf(actions: readonly unknown[]): string[] {
  return actions.filter((action) => !isOfTimer(action)).map(nameOf);
}
