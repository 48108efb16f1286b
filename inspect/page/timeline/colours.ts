/** The number of hues, and the lightness values of each theme: the text on a bar has a contrast of at least 4.5. */
const HUES = 16;
const LIGHTNESS = { light: [0.53, 0.47, 0.41], dark: [0.69, 0.78, 0.87] } as const;
const CHROMA = 0.14;

/** The theme that the page shows. */
export type Theme = keyof typeof LIGHTNESS;

/** The colour of the text on a bar, in each theme. */
export const ON_BAR: Readonly<Record<Theme, string>> = { light: '#ffffff', dark: '#010409' };

/** The colour of a worker that is fresh, or whose competence has no label. */
const NO_LABEL: Readonly<Record<Theme, string>> = { light: '#656d76', dark: '#9198a1' };

/** Returns the colour of a competence: a label has the same one on every page, on which it reads well. */
export function colourOf(label: string | undefined, theme: Theme): string {
  if (label === undefined) return NO_LABEL[theme];
  const hash = hashOf(label);
  const hue = ((hash % HUES) * 2 * Math.PI) / HUES;
  const lightness = LIGHTNESS[theme][Math.floor(hash / HUES) % 3] ?? LIGHTNESS[theme][0];
  return hexOf(lightness, CHROMA * Math.cos(hue), CHROMA * Math.sin(hue));
}

/** Returns the FNV-1a hash of a text, with its bits mixed once more: similar labels get distant colours. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Returns a colour of Oklab as `#rrggbb`. Equal lightness looks equally light there, whatever the hue. */
function hexOf(lightness: number, a: number, b: number): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${linear.map((part) => byteOf(part).toString(16).padStart(2, '0')).join('')}`;
}

function byteOf(linear: number): number {
  const part = Math.max(0, Math.min(1, linear));
  return Math.round(255 * (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055));
}
