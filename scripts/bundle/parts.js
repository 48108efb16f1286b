/**
 * The parts of the core. A part has its own modules, imports those of the parts before it, and instead of a later one it
 * has functions that read the later part when the first of them is called.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ownPath, slashed, TO_DIST } from './paths.js';

/**
 * The modules at which a later file begins: they, and what only they import, are in it. The modules of an earlier file may
 * import functions from them, and nothing else.
 */
const borders = {
  late: [
    'actors/pool/pool-life.ts',
    'actors/pool/stats.ts',
    'actors/pool/waits.ts',
    'actors/pool/worker-info.ts',
    'actors/pool/rehearsal/rehearsal.ts',
    'actors/supervision/queue-order.ts',
    'actors/tasks/admission.ts',
    'actors/workers/',
  ],
  rare: [
    'actors/batches/',
    'actors/journal/',
    'actors/serve/main-loop.ts',
    'actors/serve/serve-kind.ts',
    'actors/tasks/durable-run.ts',
    'actors/tasks/task-messages.ts',
  ],
};

/** The statement in which a bundled module names all that it exports. */
const EXPORTS = /^export \{([^}]*)\};$/m;

/** Reads the later parts of the core, each once. */
const PARTS = `
  import { createRequire } from 'node:module';
  const meta = import.meta;
  function read(name, given) {
    return partIn(name)({ core: exportsForParts(), meta, ...given });
  }
  function partIn(name) {
    try {
      return createRequire(meta.url)(name);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
      throw new Error("the file " + name + " of statepool does not exist: a bundler has moved the code of statepool away from it; name statepool as external in the bundler's options");
    }
  }
  const callbacks = { late: [], rare: [] };
  export const whenLateIsRead = (callback) => void callbacks.late.push(callback);
  export const whenRareIsRead = (callback) => void callbacks.rare.push(callback);
  let usual, unusual;
  export function late() {
    if (usual === undefined) {
      usual = read('./late.cjs');
      for (const callback of callbacks.late) callback(usual);
    }
    return usual;
  }
  export function rare() {
    if (unusual === undefined) {
      unusual = read('./rare.cjs', { late: late() });
      for (const callback of callbacks.rare) callback(unusual);
    }
    return unusual;
  }
  // A program that opens too many files later can still make a pool, and use all of it. A short one does not wait for
  // that, nor do the first tasks of another.
  setImmediate(readEarly, () => { late(); createRequire(meta.url)('xstate'); }).unref();
  setTimeout(readEarly, 500, rare).unref();
  function readEarly(part) {
    try {
      part();
    } catch {
      // It is read when it is used: then its caller gets the error.
    }
  }
`;

/** Returns the address of a part for modules that import it. */
function fileOf(part) {
  return `${TO_DIST}chunks/${part}.js`;
}

/** Returns the modules of the core, part by part. `inputs`: all of them with their imports, as esbuild's metafile has them. */
export function partsOf(inputs) {
  const reached = (cut) => {
    const found = new Set(['actors/index.ts']);
    for (const path of found)
      for (const { path: next } of inputs[path]?.imports ?? [])
        if (!cut.some((each) => next.startsWith(each))) found.add(next);
    return found;
  };
  const [early, usual] = [reached([...borders.late, ...borders.rare]), reached(borders.rare)];
  const own = Object.keys(inputs).filter((path) => path.endsWith('.ts') && !path.startsWith('node_modules'));
  return {
    core: own.filter((path) => early.has(path)),
    late: own.filter((path) => usual.has(path) && !early.has(path)),
    rare: own.filter((path) => !usual.has(path)),
  };
}

/** Returns a text that exports all that some modules export. */
export function allOf(paths) {
  return paths.map((path) => `export * from './${slashed(path)}';`).join('\n');
}

/**
 * Takes the modules of the core from its parts. A part has its own modules, imports those of the parts before it, and
 * instead of a later one it has functions that read the later part when the first of them is called.
 */
export function shareParts(parts, own) {
  const order = Object.keys(parts);
  const placeOf = new Map(order.flatMap((part) => parts[part].map((path) => [resolve(path), part])));
  return ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      const place = placeOf.get(file);
      if (place === undefined || place === own) return undefined;
      if (own === undefined || order.indexOf(place) < order.indexOf(own))
        return { path: fileOf(place), external: true };
      return { path: ownPath(file), namespace: 'later' };
    });
    onLoad({ filter: /.*/, namespace: 'later' }, ({ path }) => ({
      contents: laterFunctions(readFileSync(path, 'utf8'), placeOf.get(resolve(path))),
      resolveDir: '.',
    }));
    onResolve({ filter: /^parts$/ }, () =>
      own === 'core' ? { path: 'parts', namespace: 'parts' } : { path: fileOf('core'), external: true },
    );
    onLoad({ filter: /.*/, namespace: 'parts' }, () => ({ contents: PARTS }));
  };
}

/** Returns the text of functions that read a part and call its functions of the same names. */
function laterFunctions(text, part) {
  const whenRead = part === 'late' ? 'whenLateIsRead' : 'whenRareIsRead';
  const names = [...text.matchAll(/^export (?:async )?function\*? (\w+)/gm)].map(([, name]) => name);
  const functions = names.map((name) => `export let ${name} = (...given) => ${part}().${name}(...given);`);
  return `import { ${part}, ${whenRead} } from 'parts';
    ${functions.join('\n')}
    ${whenRead}((found) => { ({ ${names.join(', ')} } = found); });`;
}

/** Returns the names that a bundled module exports, each with the name that it has inside. */
export function exportsIn(text) {
  const [, list] = EXPORTS.exec(text);
  return new Map(pairsIn(list).map(([inside, outside]) => [outside, inside]));
}

/**
 * Returns a bundled module as a function, which gets what it imports: a program need not wait for it. Notes the names that
 * it takes from the first part.
 */
export function asFunction(text, needed) {
  const body = text
    .replaceAll(/^import \{([^}]*)\} from "<dist>\/chunks\/(core|late)\.js";$/gm, (_, list, part) => {
      const pairs = pairsIn(list);
      if (part === 'core') for (const [name] of pairs) needed.add(name);
      return `const { ${pairs.map(([name, local]) => `${name}: ${local}`).join(', ')} } = ${part};`;
    })
    .replace(EXPORTS, (_, list) => {
      const members = pairsIn(list).map(([inside, outside]) => `${outside}: ${inside}`);
      return `return { ${members.join(', ')} };`;
    })
    .replaceAll('import.meta', 'meta');
  const end = body.lastIndexOf('//# sourceMappingURL=');
  // In parentheses, so that its text is read once.
  return `module.exports = (function ({ core, late, meta }) {${body.slice(0, end)}});\n${body.slice(end)}`;
}

/** Returns the function of the first part that gives the others what they import from it. */
export function exportsForParts(names, inCore) {
  const missing = [...names].filter((name) => !inCore.has(name));
  if (missing.length > 0) throw new Error(`chunks/core.js does not export ${missing.join(', ')}: exported twice?`);
  const members = [...names].map((name) => `${name}: ${inCore.get(name)}`);
  return `\nfunction exportsForParts() { return { ${members.join(', ')} }; }\n`;
}

/** Returns the names in the braces of an import or export, each with its second name. */
function pairsIn(list) {
  return list.split(',').map((each) => {
    const [first, second = first] = each.trim().split(' as ');
    return [first, second];
  });
}
