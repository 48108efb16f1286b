import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

let esbuild; // used in the worker: the compiler, which is loaded once

export default {
  name: 'compile',
  url: import.meta.url,
  requestOfTask: (status, task) => task,
  async perform({ from, to }) {
    esbuild ??= await import('esbuild');
    const { code } = await esbuild.transform(readFileSync(from, 'utf8'), { loader: 'ts', sourcefile: from });
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, code);
    return { to, bytes: Buffer.byteLength(code) };
  },
};
