import type { Envelope, Lease } from '../broker.ts';
import { sealOutcome } from '../envelope.ts';
import { FOLLOW_UP } from '../words/marks.ts';
import type { Held } from './held.ts';

/**
 * Settles under a lease. Returns whether the broker has accepted that; false too if the broker was closed meanwhile. The text
 * names the node: two nodes that perform a task may come to the same end, and only one of them has settled it.
 */
export async function accepts(lease: Lease, outcome: string, node: string): Promise<boolean> {
  const rest = outcome === '{}' ? '' : `,${outcome.slice(1, -1)}`;
  try {
    return (await lease.settle(`{"by":${JSON.stringify(node)}${rest}}`)) === 'accepted';
  } catch {
    return false;
  }
}

/** Returns a follow-up as the broker takes it. */
export function envelopeOf({ id, body, to }: Held): Envelope {
  return { id, body: `[${body}]`, flags: FOLLOW_UP, ...(to === undefined ? {} : { to }) };
}

/** The most bytes of a character. */
const WIDEST = 3;

/** Returns the outcome of a task, or an error in its place if it is too large. */
export function fitting(outcome: string, end: unknown, maxBytes: number): string {
  if (outcome.length * WIDEST <= maxBytes) return outcome;
  return sealOutcome(end as { result?: unknown; error?: unknown }, maxBytes);
}
