/** Returns the name of an action or a guard in its machine; a function without a name is `inline`. */
export function nameOf(reference: unknown): string {
  if (typeof reference === 'string') return reference;
  if (typeof reference === 'function') {
    const { name, guards } = reference as { name: string; guards?: readonly unknown[] };
    return guards === undefined ? name || 'inline' : `${name} ${guards.map(nameOf).join(', ')}`;
  }
  const type = (reference as { type?: unknown } | null | undefined)?.type;
  return type === undefined ? 'inline' : nameOf(type);
}

/** Returns an event's type for people: XState's own events have long types. */
export function nameOfEvent(type: string): string {
  if (type === '') return 'always';
  if (type === '*') return 'any other event';
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(type) ?? [];
  if (delay !== undefined) return `after ${delay}${/^\d+$/.test(delay) ? ' ms' : ''}`;
  const [, outcome, of] = /^xstate\.(done|error)\.(?:actor|state)\.(.*)$/.exec(type) ?? [];
  return outcome === undefined ? type : `${outcome} ${of}`;
}

/** Returns whether an action is XState's own: it starts and stops the timer of an `after` on entry and exit. */
function isOfTimer(action: unknown): boolean {
  const { id, sendId } = (action ?? {}) as { id?: unknown; sendId?: unknown };
  return /^xstate\.after\./.test(String(id ?? sendId));
}

/** Returns the names of the actions that the machine's text has. */
export function namesOf(actions: readonly unknown[]): string[] {
  return actions.filter((action) => !isOfTimer(action)).map(nameOf);
}
