import type { RocqGoal, RocqGoals } from '../session/messages.ts';
import { decoded } from '../text/places.ts';
import { childOf, findIn, textOf, type XmlNode } from './xml.ts';

/** Reads the answer to the call `Goal`: `undefined` where no proof is open. */
export function readGoals(answer: XmlNode): RocqGoals | undefined {
  const node = findIn({ tag: '', attributes: {}, children: [answer] }, 'goals');
  if (!node) return undefined;
  const [focused, background, setAside, givenUp] = node.children.filter(isElement);
  return {
    goals: goalsIn(focused),
    background: goalsIn(background),
    setAside: goalsIn(setAside),
    givenUp: goalsIn(givenUp),
  };
}

function isElement(node: XmlNode | string): node is XmlNode {
  return typeof node !== 'string';
}

/** Goals out of focus stand in pairs of lists, one for each depth. */
function goalsIn(node: XmlNode | undefined): RocqGoal[] {
  return (node?.children ?? [])
    .filter(isElement)
    .flatMap((each) => (each.tag === 'goal' ? [goalOf(each)] : goalsIn(each)));
}

function goalOf(node: XmlNode): RocqGoal {
  const hypotheses = (childOf(node, 'list')?.children ?? []).filter(isElement);
  return { hypotheses: hypotheses.map(lineOf), conclusion: lineOf(childOf(node, 'richpp')) };
}

function lineOf(node: XmlNode | undefined): string {
  return decoded(textOf(node)).trim();
}
