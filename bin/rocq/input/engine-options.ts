import { cwd } from 'node:process';
import type { RocqOptions } from '../../../kinds/rocq/text/document.ts';

/** Returns what the engine of a file is started with. */
export function engineOptionsOf(
  file: string,
  { args, coq }: { readonly args: readonly string[]; readonly coq?: string },
): RocqOptions {
  return { file, args, folder: cwd(), ...(coq === undefined ? {} : { program: coq }) };
}
