import type { ELK } from 'elkjs';

type ElkClass = new () => ELK;

let elk: Promise<ELK> | undefined;

/**
 * Returns the layout engine. The first call loads it.
 *
 * @throws {Error} with the code `USAGE` if elkjs is not installed
 */
export function loadElk(): Promise<ELK> {
  elk ??= load();
  return elk;
}

async function load(): Promise<ELK> {
  let module: { default: unknown };
  try {
    module = await import('elkjs/lib/elk.bundled.js');
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const message = 'a picture needs the package elkjs: npm install elkjs (--mermaid and --json do without)';
    throw Object.assign(new Error(message, { cause }), { code: 'USAGE' });
  }
  return new (module.default as ElkClass)();
}
