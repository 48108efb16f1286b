import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** As many files as Node opens for a moment to start a process with five pipes, and some to spare. */
const TAKEN = 14;

/**
 * Makes sure that this program may open the files that the start of a process takes. Where only the last of them are missing,
 * libuv gives five of the others never back (Node 20 to 24): so it is found out before. @throws {Error} EMFILE or ENFILE
 */
export function checkDescriptors(): void {
  const taken: number[] = [];
  try {
    while (taken.length < TAKEN) taken.push(openSync(devNull, 'r'));
  } finally {
    for (const descriptor of taken) closeSync(descriptor);
  }
}
