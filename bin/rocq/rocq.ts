import { endAhead, startAhead } from '../../kinds/rocq/engine/ahead.ts';
import { rocqCodeOf } from '../../kinds/rocq/engine/errors.ts';
import { findEngine } from '../../kinds/rocq/engine/find-engine.ts';
import { type Dependent, inOrderOfNeed } from './input/dependencies.ts';
import { engineOptionsOf } from './input/engine-options.ts';
import { flagsOf, inputOf, type RocqInput } from './input/project.ts';
import type { RocqFlags } from './input/rocq-flags.ts';
import { checkLone, loneFile } from './lone/check-lone.ts';

/** The errors of this command. */
const errors = { codeOf: rocqCodeOf, missing: ['ROCQ_MISSING'] };

/** Checks Rocq files. Sets the exit code: 0 if all are right, 1 if some are not, 2 for wrong input, 3 without an engine. */
export async function rocq(names: readonly string[], flags: RocqFlags): Promise<void> {
  let input: RocqInput;
  let files: Dependent[] = [];
  try {
    findEngine(flags.coq);
    if (flags.lsp) input = { files: [], args: flagsOf(flags.project, flags.engineFlag) };
    else {
      input = inputOf(names, flags.project, flags.engineFlag);
      files = inOrderOfNeed(input.files, input.args, flags.coq);
    }
  } catch (error) {
    return (await import('../terminal/engine-command.ts')).refuse(error, errors);
  }
  const [first] = files;
  // The first engine loads while the code of the pool does, if it was not started before.
  if (first && flags.host === 'inline') startAhead(engineOptionsOf(first.file, { ...flags, args: input.args }));
  const lone = loneFile(files, flags);
  try {
    if (lone !== undefined && (await checkLone(lone, input.args, flags))) return await endAhead();
  } catch (error) {
    return (await import('../terminal/engine-command.ts')).refuse(error, errors);
  }
  await (await import('./work.ts')).workOn({ ...input, files }, flags, errors);
  await endAhead();
}
