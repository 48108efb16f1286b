import type * as LanguageServer from 'vscode-languageserver/node.js';
import { RocqError } from '../../../kinds/rocq/engine/errors.ts';

/**
 * Loads the package that speaks the Language Server Protocol: an optional peer of this package.
 *
 * @throws {RocqError} ROCQ_USAGE, with the command that installs it, if it is not there
 */
export async function loadLanguageServer(
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<typeof LanguageServer> {
  try {
    return (await load('vscode-languageserver/node.js')) as typeof LanguageServer;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const problem = '--lsp needs the package vscode-languageserver, which is not installed';
    throw new RocqError('ROCQ_USAGE', `${problem}: run 'npm install vscode-languageserver'`, { cause: error });
  }
}
