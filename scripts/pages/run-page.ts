import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Block, blocksOf, isOutput } from './blocks.ts';
import { begin, ended, type Flaw, type Running } from './commands.ts';

/** A place in which the programs of a page run. */
export interface Place {
  /** The folder: the files of the page are written into it. */
  readonly folder: string;
  /** Returns the words of the program that runs a command of the page, such as `['node', 'main.js']`; `undefined` if it need not run. */
  command(words: readonly string[]): readonly string[] | undefined;
  /** Variables of all commands. A page that exports one of them itself gets this value. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The languages of blocks that are programs, settings or inputs: each is a file of the page. */
const FILES = ['js', 'ts', 'json', 'html', 'make', 'coq', 'smt2'];

/** A command of a page. */
interface Command {
  readonly words: readonly string[];
  /** The command ends with `&`: it runs until the end of the page, and SIGTERM ends it. */
  readonly isBehind: boolean;
  /** The exit code that the page names, as in `# exit code 1`. */
  readonly code: number;
}

/**
 * Goes through a page from top to bottom: writes its files, runs its commands, and compares the output with the text
 * that follows. Returns what differs; a block that is neither a file, nor commands, nor their output differs too.
 */
export async function runPage(text: string, place: Place): Promise<Flaw[]> {
  const flaws: Flaw[] = [];
  const run = new Set<string>();
  const blocks = blocksOf(text);
  const env = { ...process.env, ...place.env };
  const behind: Running[] = [];
  try {
    for (const [i, block] of blocks.entries()) {
      const { language, name, code, line } = block;
      if (FILES.includes(language)) {
        if (name === undefined) flaws.push({ line, words: 'this block has no name, so it is never run' });
        else write(place.folder, name, code);
      } else if (language === 'sh') {
        const commands = commandsIn(code);
        for (const { words } of commands) for (const word of words) run.add(word);
        flaws.push(...(await runCommands(commands, expectedAfter(blocks, i), place, { env, behind, line })));
      }
    }
  } finally {
    for (const each of behind) flaws.push(...(await each.end()));
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

/** Returns the commands of a block, without their comments. */
function commandsIn(code: string): Command[] {
  return code.split('\n').flatMap((line) => {
    const [, exitCode = '0'] = /# exit code (\d+)/.exec(line) ?? [];
    return line
      .replace(/(^|\s)#.*/, '')
      .split('&&')
      .map((each) => each.trim())
      .filter((each) => each !== '')
      .map((each) => ({
        words: wordsOf(each.replace(/ &$/, '')),
        isBehind: each.endsWith(' &'),
        code: Number(exitCode),
      }));
  });
}

function wordsOf(command: string): string[] {
  return command.match(/'[^']*'|"[^"]*"|\S+/g)?.map((word) => word.replaceAll(/^['"]|['"]$/g, '')) ?? [];
}

/** Returns the output that a page shows right after its commands. */
function expectedAfter(blocks: readonly Block[], at: number): string | undefined {
  const next = blocks[at + 1];
  return next?.language === 'text' ? next.code : undefined;
}

async function runCommands(
  commands: readonly Command[],
  expected: string | undefined,
  place: Place,
  page: { readonly env: NodeJS.ProcessEnv; readonly behind: Running[]; readonly line: number },
): Promise<Flaw[]> {
  const { env, behind, line } = page;
  let printed = '';
  for (const { words, isBehind, code: wanted } of commands) {
    if (words[0] === 'export') {
      const [name = '', value = ''] = (words[1] ?? '').split('=');
      env[name] = place.env?.[name] ?? value;
      continue;
    }
    const command = place.command(words);
    if (command === undefined) continue;
    if (isBehind) {
      const running = begin(command, words.join(' '), place.folder, env, line);
      behind.push(running);
      if (expected !== undefined) printed += await running.lines(expected.trimEnd().split('\n').length);
      continue;
    }
    const { code, stdout, stderr } = await ended(command, place.folder, env);
    printed += stdout;
    if (code !== wanted) return [{ line, words: `${words.join(' ')} ended with ${code}: ${stderr}${stdout}` }];
  }
  if (expected === undefined || isOutput(printed, expected)) return [];
  return [{ line, words: `it prints\n${printed}instead of\n${expected}` }];
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
