type Child = Node | string;

/** The page's element of an id. @throws {Error} where the page has none */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element #${id}: index.html and page.js are of different builds`);
  return found;
}

/** A new element of a class; texts among its children are texts, never markup. */
export function html<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** A new SVG element with attributes; texts among its children are texts. */
export function svg(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: Child[]
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** Sets a text where it differs: what reads the page aloud hears only changes. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes an element a chip of a state: its name, in the state's colour. */
export function setChip(element: Element, state: string): void {
  setText(element, state);
  const className = `chip ${state}`;
  if (element.getAttribute('class') !== className) element.setAttribute('class', className);
}

/** A count as it is read: with its thousands apart. */
export function counted(count: number): string {
  return count.toLocaleString('en');
}
