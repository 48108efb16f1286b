type Child = Node | string;

/** Returns the page's element with this id. @throws {Error} if the page has none */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element #${id}: index.html and page.js are of different builds`);
  return found;
}

/** Makes an HTML element of a class; texts among its children are inserted as text, never as markup. */
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

/** Makes an SVG element with attributes; texts among its children are inserted as text. */
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

/** Sets a text only if it differs, so that a screen reader announces only changes. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Turns an element into the chip of a state: its name, in the state's colour. */
export function setChip(element: Element, state: string): void {
  setText(element, state);
  const className = `chip ${state}`;
  if (element.getAttribute('class') !== className) element.setAttribute('class', className);
}

/** Returns a count for people: with a separator between thousands. */
export function counted(count: number): string {
  return count.toLocaleString('en');
}
