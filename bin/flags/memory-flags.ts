import type { Command } from 'commander';

/** The flags of the memory: a folder, `true` for the usual one, `false` for none. */
export interface MemoryFlags {
  readonly cache?: string | boolean;
}

/** The folder of the remembered proofs, if the user names none. */
const FOLDER = '.statepool/proofs';

/** Adds the flags of the proofs that are remembered, and of the journal. */
export function addMemoryFlags(command: Command, part: string): Command {
  return command
    .option('--cache <folder>', `remember proofs in this folder (default: ${FOLDER})`)
    .option('--no-cache', 'remember no proofs, and believe none')
    .option('--journal <file>', `write each decided ${part} to this file`)
    .option('--resume', `go on with the journal: skip the ${part}s that are decided there`, false);
}

/**
 * Returns the folder of the remembered proofs, or `undefined`. A run that is to be seen at work believes none, unless
 * its folder is named.
 */
export function memoryFolderOf({ cache }: MemoryFlags, isWork: boolean): string | undefined {
  if (cache === false || (typeof cache !== 'string' && isWork)) return undefined;
  return typeof cache === 'string' ? cache : FOLDER;
}
