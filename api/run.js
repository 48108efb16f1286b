import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Application } from 'typedoc';
import { surfaceOf } from './surface.js';

const USAGE = `Writes docs/api, the reference, and api/surface.md, the public surface. The package must be built.

  node api/run.js                 writes both
  node api/run.js --check         writes nothing; exit code 1 where one of them is not current
  node api/run.js --surface DIR   prints the surface of the package in a folder, such as an older checkout`;

const here = import.meta.dirname;
const root = dirname(here);
const SURFACE = join('api', 'surface.md');
const REFERENCE = join('docs', 'api');

/** The reference, as texts by their paths from the package's folder. */
async function referenceOf() {
  const out = mkdtempSync(join(tmpdir(), 'statepool-reference-'));
  try {
    const app = await Application.bootstrapWithPlugins({ options: join(here, 'typedoc.json'), out, logLevel: 'Warn' });
    const project = await app.convert();
    if (project !== undefined) await app.generateOutputs(project);
    if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('TypeDoc could not write the reference');
    return filesIn(out).map((path) => [join(REFERENCE, path), readFileSync(join(out, path), 'utf8')]);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The paths of the markdown files under a folder. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.md'));
}

/** The paths whose text is not the wanted one. */
function stale(wanted) {
  const old = filesIn(join(root, REFERENCE)).map((path) => join(REFERENCE, path));
  const changed = [...wanted].filter(([path, text]) => textOf(path) !== text).map(([path]) => path);
  return [...changed, ...old.filter((path) => !wanted.has(path))];
}

function textOf(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

function write(wanted) {
  rmSync(join(root, REFERENCE), { recursive: true, force: true });
  for (const [path, text] of wanted) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function main() {
  const options = { check: { type: 'boolean' }, surface: { type: 'string' }, help: { type: 'boolean' } };
  const { check, surface, help } = parseArgs({ options }).values;
  if (help) return console.log(USAGE);
  if (surface !== undefined) return process.stdout.write(surfaceOf(resolve(surface)));
  const wanted = new Map([...(await referenceOf()), [SURFACE, surfaceOf(root)]]);
  if (!check) return write(wanted);
  const paths = stale(wanted);
  if (paths.length === 0) return;
  console.error(`not current: ${paths.join(', ')}; npm run api writes them anew, and git diff shows what has changed`);
  process.exitCode = 1;
}

await main();
