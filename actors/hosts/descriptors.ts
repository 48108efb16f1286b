import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** The number of files that Node opens for a moment to start a process with five pipes, and some to spare. */
const TAKEN = 14;

/**
 * Checks that this program may open the files that the start of a process needs. If only the last of these files cannot
 * be opened, libuv never closes five of the others (Node 20 to 24). So the check comes before the start.
 *
 * @throws {Error} EMFILE or ENFILE
 */
export function checkDescriptors(): void {
  const taken: number[] = [];
  try {
    while (taken.length < TAKEN) taken.push(openSync(devNull, 'r'));
  } finally {
    for (const descriptor of taken) closeSync(descriptor);
  }
}
