import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const HEAD = `# Public surface

Every export of every entry point with its type, and what the package ships. Written by \`npm run api\`: a change of the
surface shows as a change of this file. It names no source file, says nothing of docstrings, and leaves out \`@internal\`.
`;

/**
 * Describes the public surface of a package that is built, as markdown.
 *
 * @param {string} root the package's folder, with dist in it
 * @returns {string}
 */
export function surfaceOf(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const scratch = mkdtempSync(join(tmpdir(), 'statepool-surface-'));
  const shown = new Set();
  try {
    const entries = entryPointsOf(root, manifest);
    const configs = entries.map(([, file]) => configOf(root, file, scratch));
    const compilerState = CompilerState.create(configs[0], { additionalEntryPoints: entries.map(([, file]) => file) });
    const sections = entries.map(([name], i) => sectionOf(name, reportOf(configs[i], compilerState), shown));
    return [HEAD, packageSection(root, manifest), ...sections].join('\n');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The entry points of `exports` with their declarations; a pattern stands for the files that have no name of their own. */
function entryPointsOf(root, { name, exports }) {
  const entries = [];
  const named = new Set(Object.values(exports));
  for (const [path, target] of Object.entries(exports)) {
    if (!target?.endsWith('.js')) continue;
    if (!target.includes('*')) entries.push([path, target]);
    else entries.push(...filesOf(root, path, target).filter(([, file]) => !named.has(file)));
  }
  return entries.map(([path, file]) => [name + path.slice(1), join(root, file.replace(/\.js$/, '.d.ts'))]);
}

function filesOf(root, path, target) {
  const names = readdirSync(join(root, dirname(target))).filter((file) => file.endsWith('.js'));
  return names.sort().map((file) => [path.replace('*', file.slice(0, -3)), target.replace('*', file.slice(0, -3))]);
}

function configOf(root, file, scratch) {
  const quiet = { default: { logLevel: ExtractorLogLevel.None } };
  const typeRoots = [join(root, 'node_modules/@types')];
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: file,
      newlineKind: 'lf',
      // Else the types of Node.js are looked for from the current folder.
      compiler: { overrideTsconfig: { compilerOptions: { ...compilerOptions, typeRoots }, files: [file] } },
      apiReport: {
        enabled: true,
        reportFileName: 'surface',
        reportFolder: scratch,
        reportTempFolder: scratch,
        reportVariants: ['public'],
        includeForgottenExports: true,
      },
      messages: { extractorMessageReporting: quiet, tsdocMessageReporting: quiet },
    },
  });
}

/** What API Extractor reports of one entry point, with the types that its exports name. */
function reportOf(config, compilerState) {
  const { succeeded } = Extractor.invoke(config, {
    compilerState,
    localBuild: true,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error;
    },
  });
  if (!succeeded) throw new Error(`API Extractor failed on ${config.mainEntryPointFilePath}`);
  return readFileSync(join(config.reportFolder, 'surface.public.api.md'), 'utf8');
}

/**
 * One entry point. What a section before it shows in the same words is named and not shown again; what only `@internal`
 * members lead to is left out.
 */
function sectionOf(name, report, shown) {
  const blocks = blocksOf(report);
  const reached = reach(blocks);
  const here = reached.filter(({ text }) => !shown.has(bare(text)));
  const again = reached.filter((block) => !here.includes(block) && isExported(block));
  for (const { text } of here) shown.add(bare(text));
  const hidden = here.filter((block) => !isExported(block));
  const names = again.map((block) => `\`${block.name}\``).join(', ');
  const parts = [
    again.length === 0 ? '' : `Exports that are shown above: ${names}.\n`,
    code(here.filter(isExported)),
    hidden.length === 0 ? '' : 'Types that these name, and that are not exported here:\n',
    code(hidden),
  ];
  return [`## ${name}\n`, ...parts.filter((part) => part !== '')].join('\n');
}

/** The declarations of a report, without comments. */
function blocksOf(report) {
  const [, body] = /```ts\n([\s\S]*)```/.exec(report);
  const plain = body.replaceAll(/^[ \t]*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)\n/gm, '');
  const blocks = plain.split(/\n{2,}|(?<=;)\n(?=import|export)/).map((text) => text.trim());
  return blocks.filter((text) => text !== '').map((text) => ({ text, name: nameOf(text) }));
}

function nameOf(text) {
  const declared = /^(?:export )?(?:abstract )?(?:class|interface|type|const|let|function|enum|namespace) (\w+)/.exec(
    text,
  );
  const imported = /^import (?:type )?(?:\{ )?(?:\* as |\w+ as )?(\w+)/.exec(text);
  return declared?.[1] ?? imported?.[1];
}

const bare = (text) => text.replace(/^export /, '');
const isExported = ({ text }) => text.startsWith('export ');

/** The exports of an entry point and all that they lead to. */
function reach(blocks) {
  const reached = new Set(blocks.filter(isExported));
  for (const { text } of reached) {
    const words = new Set(text.match(/\w+/g));
    for (const block of blocks) if (block.name !== undefined && words.has(block.name)) reached.add(block);
  }
  return blocks.filter((block) => reached.has(block));
}

function code(blocks) {
  return blocks.length === 0 ? '' : `\`\`\`ts\n${blocks.map(({ text }) => text).join('\n\n')}\n\`\`\`\n`;
}

/** What the package ships and asks for. Files of dist are the package's own affair: entry points lead to them. */
function packageSection(root, manifest) {
  const pack = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
  const [{ files }] = JSON.parse(String(pack));
  const paths = files.map(({ path }) => path.replace(/^dist\/.*/, 'dist/'));
  const { name, type, engines, bin, exports, dependencies, peerDependencies, optionalDependencies } = manifest;
  const names = {
    name,
    type,
    engines,
    bin: Object.keys(bin),
    exports: Object.keys(exports),
    files: [...new Set(paths)].sort(),
    dependencies,
    peerDependencies,
    optionalDependencies,
  };
  return `## The package\n\n\`\`\`json\n${JSON.stringify(names, undefined, 2)}\n\`\`\`\n`;
}
