/**
 * Bundles the rooms of actors/ into one file, so that importing the package reads one file instead of ninety. The three faces
 * share the file: each module exists once in a program. The machines stay files of their own, because the inspector shares them.
 */
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const faces = ['index', 'inspection', 'tooling'];

/** The bundle stands as deep as the rooms: a module in it finds the worker's entry by the same relative path. */
const outfile = 'dist/actors/bundle/actors.js';

const exported = new Map();
for (const face of faces) exported.set(face, Object.keys(await import(`../dist/actors/${face}.js`)));

await build({
  stdin: { contents: faces.map((face) => `export * from './${face}.js';`).join('\n'), resolveDir: 'dist/actors' },
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
  plugins: [{ name: 'machines', setup: keepMachines }],
});

for (const [face, names] of exported) {
  writeFileSync(`dist/actors/${face}.js`, `export { ${names.join(', ')} } from './bundle/actors.js';\n`);
}

function keepMachines({ onResolve }) {
  onResolve({ filter: /\/machines\// }, ({ path }) => ({
    path: path.replace(/^.*\/machines\//, '../../machines/'),
    external: true,
  }));
}
