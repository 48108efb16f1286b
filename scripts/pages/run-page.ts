import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Block, blocksOf, isOutput } from './blocks.ts';

/** A place in which the programs of a page run. */
export interface Place {
  /** The folder: the files of the page are written into it. */
  readonly folder: string;
  /** Returns the words of the program that runs a command of the page, such as `['node', 'main.js']`; `undefined` if it need not run. */
  command(words: readonly string[]): readonly string[] | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/** A difference between a page and its programs. */
export interface Flaw {
  readonly line: number;
  readonly words: string;
}

/** The languages of blocks that are programs or settings: each is a file of the page. */
const FILES = ['js', 'ts', 'json', 'html'];

/** The longest run of a command, in ms. */
const LIMIT = 60_000;

/**
 * Goes through a page from top to bottom: writes its files, runs its commands, and compares the output with the text
 * that follows. Returns what differs; a block that is neither a file, nor commands, nor their output differs too.
 */
export async function runPage(text: string, place: Place): Promise<Flaw[]> {
  const flaws: Flaw[] = [];
  const run = new Set<string>();
  const blocks = blocksOf(text);
  for (const [i, block] of blocks.entries()) {
    const { language, name, code, line } = block;
    if (FILES.includes(language)) {
      if (name === undefined) flaws.push({ line, words: 'this block has no name, so it is never run' });
      else write(place.folder, name, code);
    } else if (language === 'sh') {
      const commands = commandsIn(code);
      for (const command of commands) for (const word of command) run.add(word);
      flaws.push(...(await runCommands(commands, expectedAfter(blocks, i), place, line)));
    }
  }
  for (const { name, line } of blocks.filter((block) => isProgram(block)))
    if (!isUsed(name as string, run, blocks)) flaws.push({ line, words: `no command runs ${name}` });
  return flaws;
}

function write(folder: string, name: string, code: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}

/** Returns the commands of a block, in words, without their comments. */
function commandsIn(code: string): string[][] {
  return code
    .split('\n')
    .flatMap((line) => line.replace(/(^|\s)#.*/, '').split('&&'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.match(/'[^']*'|"[^"]*"|\S+/g)?.map((word) => word.replaceAll(/^['"]|['"]$/g, '')) ?? []);
}

/** Returns the output that a page shows right after its commands. */
function expectedAfter(blocks: readonly Block[], at: number): string | undefined {
  const next = blocks[at + 1];
  return next?.language === 'text' ? next.code : undefined;
}

async function runCommands(
  commands: readonly (readonly string[])[],
  expected: string | undefined,
  place: Place,
  line: number,
): Promise<Flaw[]> {
  let printed = '';
  for (const words of commands) {
    const command = place.command(words);
    if (command === undefined) continue;
    const { code, stdout, stderr } = await ended(command, place);
    printed += stdout;
    if (code !== 0) return [{ line, words: `${words.join(' ')} ended with ${code}: ${stderr}${stdout}` }];
  }
  if (expected === undefined || isOutput(printed, expected)) return [];
  return [{ line, words: `it prints\n${printed}instead of\n${expected}` }];
}

function ended([program = '', ...args]: readonly string[], { folder, env }: Place) {
  const child = spawn(program, args, {
    cwd: folder,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
    shell: process.platform === 'win32',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

function isProgram({ language, name }: Block): boolean {
  return name !== undefined && (language === 'js' || language === 'ts') && !name.includes('.config.');
}

/** Returns whether a command names a file of the page, or another file of the page does. */
function isUsed(name: string, run: ReadonlySet<string>, blocks: readonly Block[]): boolean {
  if (run.has(name) || [...run].some((word) => word.endsWith(`/${name}`))) return true;
  const file = name.split('/').at(-1) as string;
  return blocks.some((block) => block.name !== name && block.name !== undefined && block.code.includes(file));
}
