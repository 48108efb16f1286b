import test from 'ava';
import { colourOf, ON_BAR, type Theme } from '../../../inspect/page/timeline/colours.ts';

const SURFACES: Readonly<Record<Theme, string>> = { light: '#ffffff', dark: '#0d1117' };
const labels = Array.from({ length: 500 }, (_, i) => `project-${i}`);

/** Returns the relative luminance of `#rrggbb`, as in WCAG 2. */
function luminanceOf(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(a: string, b: string): number {
  const [low = 0, high = 0] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

for (const theme of ['light', 'dark'] as const) {
  test(`every colour is seen on the ${theme} page, and its text is readable on it`, (t) => {
    for (const label of [undefined, ...labels]) {
      const colour = colourOf(label, theme);
      t.regex(colour, /^#[0-9a-f]{6}$/);
      t.true(contrastOf(colour, SURFACES[theme]) >= 3, `${label}: ${colour}`);
      t.true(contrastOf(colour, ON_BAR[theme]) >= 4.5, `${label}: ${colour}`);
    }
  });
}

test('a label has the same colour always, and labels share colours evenly', (t) => {
  t.is(colourOf('project-1', 'light'), colourOf('project-1', 'light'));
  const counts = new Map<string, number>();
  for (const label of labels) {
    const colour = colourOf(label, 'light');
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  t.true(counts.size > 40, `${counts.size} colours`);
  t.true(Math.max(...counts.values()) < 30);
});
