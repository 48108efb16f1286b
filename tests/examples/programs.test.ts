import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { findProgram } from 'statepool/kinds';
import { ended } from '../support/cli.ts';
import { root } from '../support/sources.ts';
import { CONFIG, projectOf } from '../support/typescript.ts';

const { NODE_OPTIONS: _, ...env } = process.env;

/** Runs an example, and returns the lines of its output. */
async function linesOfExample(t: ExecutionContext, command: string, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await ended(spawn(command, args, { cwd: root, env }));
  t.is(code, 0, stderr);
  return stdout.trim().split('\n');
}

test('the type checker checks a monorepo on one server a project, and an edited file on a warm one', async (t) => {
  const home = projectOf(t, {
    'a/tsconfig.json': CONFIG,
    'a/main.ts': 'export const a: number = 1;\n',
    'b/tsconfig.json': CONFIG,
    'b/main.ts': "export const b: number = 'text';\n",
  });
  const lines = await linesOfExample(
    t,
    process.execPath,
    'examples/type-checker/main.js',
    join(home, 'a'),
    join(home, 'b'),
  );
  t.deepEqual(lines, [
    `${join(home, 'b/main.ts')}(1,14): TS2322: Type 'string' is not assignable to type 'number'.`,
    '2 projects, 2 servers started',
    `${join(home, 'a/main.ts')}(3,14): TS2322: Type 'number' is not assignable to type 'string'.`,
    'one edited file, 0 servers started',
  ]);
});

test('the crawler finds the broken links of a site, and asks for each page once', async (t) => {
  const asked: (string | undefined)[] = [];
  const links: Readonly<Record<string, readonly string[]>> = {
    '/': ['/a', '/b', 'http://elsewhere.invalid/'],
    '/a': ['/', '/gone'],
    '/b': ['/a', '/gone', '/c'],
    '/c': [],
  };
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.statusCode = url in links ? 200 : 404;
    response.end((links[url] ?? []).map((link) => `<a href="${link}">`).join('\n'));
  });
  t.teardown(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines = await linesOfExample(t, process.execPath, 'examples/crawler/main.js', `${address}/`);
  t.is(lines.length, 2);
  t.regex(lines[0] ?? '', new RegExp(`^404 ${address}/gone \\(linked from ${address}/[ab]\\)$`));
  t.is(lines[1], '5 pages');
  t.deepEqual(asked.sort(), ['/', '/a', '/b', '/c', '/gone']);
});

test('the thumbnails are PNG files of the mean colours', async (t) => {
  // Two squares of 2x2 pixels: a red one, and a half black, half white one.
  const colours = [255, 0, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255];
  const row = String.fromCharCode(...colours);
  const folder = projectOf(t, {});
  writeFileSync(join(folder, 'a.ppm'), Buffer.from(`P6\n4 2\n255\n${row}${row}`, 'latin1'));
  const lines = await linesOfExample(t, process.execPath, 'examples/thumbnails/main.js', folder, '2');
  t.deepEqual(lines, [`${join(folder, 'a.png')} 2x1`]);
  const png = readFileSync(join(folder, 'a.png'));
  const at = png.indexOf('IDAT');
  const data = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  t.deepEqual([...data], [0, 255, 0, 0, 128, 128, 128]);
});

const withMake = findProgram('make') === undefined ? test.skip : test;

withMake('a build under make -j2 runs at most two compilations at a time', async (t) => {
  const sources = Object.fromEntries(
    Array.from({ length: 6 }, (_, n) => [`source/file${n}.ts`, `export const value: number = ${n};\n`] as const),
  );
  const home = projectOf(t, {
    ...sources,
    Makefile: `all:\n\t+@"${process.execPath}" "${join(root, 'examples/build/main.js')}" source target\n`,
  });
  const lines = await linesOfExample(t, 'make', '-s', '-j2', '-C', home);
  t.regex(lines.at(-1) ?? '', /^6 files, at most [12] at a time, by the slots of make$/);
  t.true(existsSync(join(home, 'target/file5.js')));
  t.is(readFileSync(join(home, 'target/file3.js'), 'utf8'), 'export const value = 3;\n');
});
