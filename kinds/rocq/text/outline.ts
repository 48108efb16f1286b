import type { Sentence } from './sentences.ts';

/** A part of a file: a proof from its statement to its end, or one command. */
export interface Segment {
  readonly type: 'proof' | 'command';
  /** The name of the lemma, as bytes. */
  readonly name?: string;
  /** The number of its first sentence. */
  readonly from: number;
  /** The number of its last sentence. */
  readonly to: number;
  /** The reason that a proof is not delegated; absent if it is. */
  readonly why?: string;
}

const OPENER = /^(?:Lemma|Theorem|Corollary|Fact|Remark|Proposition|Property) ?([^\s:({[@.]+)/;
const ANY_OPENER =
  /\b(?:Lemma|Theorem|Corollary|Fact|Remark|Proposition|Property|Goal|Definition|Example|Instance|Let|Fixpoint|CoFixpoint|Obligation|Function|Equations|Derive|Add|Program|Next|Section|Module|End)\b/;
const END = /^(Qed|Defined|Admitted|Abort|Save)\b/;
/** The commands that may stand in a delegated proof: they change nothing outside of it. */
const HARMLESS =
  /^(?:Proof\b(?! using)|Proof using\b|Show\b|Unshelve\b|Focus\b|Unfocus\b|Guarded\b|Check\b|Locate\b|About\b|Search\b)/;
const COMMAND = /^(?:#|[A-Z])/;
const BEGINS_SECTION = /^(?:#\[[^\]]*\] ?)?Section\b/;
const BEGINS_MODULE = /^(?:#\[[^\]]*\] ?)?Module\b/;
/** Files that ask for more than verdicts: nothing in them is delegated. */
const WHOLE =
  /^(?:#\[[^\]]*\] ?|Local |Global |Export |Fail |Succeed |Time |Redirect "[^"]*" )*(?:(?:Recursive |Separate |Show )?Extraction\b|Unset Keep\b|Drop\b)/;
const POLYMORPHIC = /\b(?:Set|Unset) (?:Universe Polymorphism|Polymorphic)\b/;
/** The words about opacity: coqc refuses to make a lemma transparent, but not an axiom. */
const OPACITY = /\b(?:Transparent|Strategy|with_strategy)\b/;
const ALIAS = /\bNotation\b/;
/** A name of a collection may stand where the name of a variable is meant. */
const COLLECTION = /^(?:#\[[^\]]*\] ?|Local |Global )*Collection\b/;

/** The reason of a proof that could be delegated if the variables that it uses were known. */
export const IN_SECTION = "it is in a section, without 'Proof using'";

/** Returns the segments of a file, in order. */
export function outlineOf(sentences: readonly Sentence[]): Segment[] {
  const named = namesWithOpacity(sentences);
  const whole = sentences.some(({ words }) => WHOLE.test(words)) ? 'the file extracts or keeps proofs' : undefined;
  const collections = sentences.some(({ words }) => COLLECTION.test(words)) ? ', and the file names collections' : '';
  const blocks: ('section' | 'module')[] = [];
  const segments: Segment[] = [];
  let polymorphic = false;
  for (let from = 0; from < sentences.length; from++) {
    const { words } = sentences[from] as Sentence;
    if (POLYMORPHIC.test(words)) polymorphic = true;
    if (BEGINS_SECTION.test(words)) blocks.push('section');
    else if (BEGINS_MODULE.test(words) && !words.includes(':=')) blocks.push('module');
    else if (/^End\b/.test(words)) blocks.pop();
    const name = OPENER.exec(words)?.[1];
    const to = name === undefined ? undefined : endOfProof(sentences, from);
    if (name === undefined || to === undefined) {
      segments.push({ type: 'command', from, to: from });
      continue;
    }
    const body = sentences.slice(from + 1, to);
    const why =
      whole ??
      (polymorphic ? 'universes are polymorphic' : undefined) ??
      reasonOf(words, body, sentences[to] as Sentence) ??
      (named.has(name) ? 'its opacity is used' : undefined) ??
      (blocks.includes('section') && !usingOf(body) ? IN_SECTION + collections : undefined);
    segments.push({ type: 'proof', name, from, to, ...(why === undefined ? {} : { why }) });
    from = to;
  }
  return segments;
}

/** Returns the sentence `Proof using ...` of a proof, if it has one. */
export function usingOf(body: readonly Sentence[]): Sentence | undefined {
  return body.find(({ words }) => /^Proof\b.*\busing\b/.test(words));
}

/** Returns the number of the sentence that ends a proof; `undefined` if another proof or block begins first. */
function endOfProof(sentences: readonly Sentence[], from: number): number | undefined {
  for (let i = from + 1; i < sentences.length; i++) {
    const { words, open } = sentences[i] as Sentence;
    if (open) return undefined;
    if (END.test(words) || isTerm(words)) return i;
    if (COMMAND.test(words) && ANY_OPENER.test(words.replaceAll(/"[^"]*"/g, ''))) return undefined;
  }
  return undefined;
}

/** Is `true` for `Proof term.`, which ends its proof. */
function isTerm(words: string): boolean {
  return /^Proof [^.]/.test(words) && !/^Proof (?:using|with)\b/.test(words);
}

function reasonOf(statement: string, body: readonly Sentence[], last: Sentence): string | undefined {
  if (isTerm(last.words)) return 'its proof is a term';
  if (!/^Qed ?\.$/.test(last.words)) return `it ends with ${END.exec(last.words)?.[1]}`;
  if (/\bwith [\p{L}_][\p{L}\p{N}_']*\s*[:({@]/u.test(statement)) return 'it is mutual';
  const other = body.find(({ words }) => COMMAND.test(words) && !HARMLESS.test(words));
  return other && `it has the command '${/^\S+/.exec(other.words)?.[0]}' inside`;
}

/** Returns the names in commands and tactics about opacity, also through abbreviations. */
function namesWithOpacity(sentences: readonly Sentence[]): Set<string> {
  const found = new Set<string>();
  const aliases = sentences.filter(({ words }) => ALIAS.test(words));
  const take = (words: string): void => {
    for (const [name] of words.matchAll(/[\p{L}_\u0080-\u00ff][\p{L}\p{N}_'\u0080-\u00ff]*/gu)) found.add(name);
  };
  for (const { words } of sentences) if (OPACITY.test(words)) take(words);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    if (size === 0) break;
    for (const { words } of aliases) if ([...namesIn(words)].some((name) => found.has(name))) take(words);
  }
  return found;
}

function namesIn(words: string): Set<string> {
  const [, head = ''] = /\bNotation ([^\s"(:]+)/.exec(words) ?? [];
  return new Set([head]);
}
