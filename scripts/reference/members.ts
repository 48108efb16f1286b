import { readFileSync } from 'node:fs';
import ts from 'typescript-6';

/** A member of an interface, or a class, with its docstring. */
export interface Described {
  readonly name: string;
  /** The docstring, in one line, without its tags. */
  readonly words: string;
  /** The text of `@default`, if the docstring has one. */
  readonly byDefault: string | undefined;
  /** The text of the member's type; `''` for a class. */
  readonly type: string;
  /** The text of the declaration. */
  readonly text: string;
}

/** Returns the members of an interface, in the order of the source. @throws {Error} if the file has no such interface */
export function membersOf(path: string, name: string): Described[] {
  const source = read(path);
  for (const each of source.statements)
    if (ts.isInterfaceDeclaration(each) && each.name.text === name)
      return each.members.map((member) => describe(source, member));
  throw new Error(`${path} has no interface ${name}`);
}

/** Returns the classes of a file, in the order of the source. */
export function classesOf(path: string): Described[] {
  const source = read(path);
  return source.statements.filter((each) => ts.isClassDeclaration(each)).map((each) => describe(source, each));
}

/** Returns the members of a union of texts, such as the codes of errors. @throws {Error} if the file has no such type */
export function textsOf(path: string, name: string): string[] {
  const source = read(path);
  for (const each of source.statements)
    if (ts.isTypeAliasDeclaration(each) && each.name.text === name)
      return [...each.type.getText(source).matchAll(/'([^']+)'/g)].map(([, text = '']) => text);
  throw new Error(`${path} has no type ${name}`);
}

function read(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

function describe(source: ts.SourceFile, node: ts.Declaration): Described {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const tag = doc?.tags?.find(({ tagName }) => tagName.text === 'default');
  return {
    name: (ts.getNameOfDeclaration(node) as ts.Identifier).text,
    words: inOneLine(ts.getTextOfJSDocComment(doc?.comment)) ?? '',
    byDefault: inOneLine(ts.getTextOfJSDocComment(tag?.comment)),
    type: ts.isPropertySignature(node) ? (node.type?.getText(source).replaceAll(/\s+/g, ' ') ?? '') : '',
    text: node.getText(source),
  };
}

function inOneLine(text: string | undefined): string | undefined {
  return text?.replaceAll(/\s+/g, ' ').trim();
}
