import { spawn } from 'node:child_process';
import { findProgram } from '../../smt/engine/native-process.ts';
import type { CompileRequest, RocqAnswer } from './messages.ts';

/** Runs the compiler to its end. It dies with the worker, and if `signal` aborts. In the worker. */
export function compile({ command, folder }: CompileRequest, signal: AbortSignal): Promise<RocqAnswer> {
  const keeper = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  const [program = '', ...args] = keeper ? [keeper, '--pdeathsig', 'KILL', ...command] : command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
      ...(folder === undefined ? {} : { cwd: folder }),
    });
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    child.on('error', reject);
    child.on('close', (code, by) => {
      process.off('exit', end);
      resolve({ type: 'compiled', code: code ?? 1, text: by === null ? text : `${text}coqc ended with ${by}` });
    });
  });
}
