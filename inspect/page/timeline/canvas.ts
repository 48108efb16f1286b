import type { Theme } from './colours.ts';

/** A canvas that is as sharp as the screen, and as large as its element. */
export class Surface {
  readonly element: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  constructor(element: HTMLCanvasElement) {
    this.element = element;
    this.#context = element.getContext('2d') as CanvasRenderingContext2D;
  }

  /** Clears the canvas and returns its pen, with its size in px; `undefined` while it is not shown. */
  begin(): { readonly pen: CanvasRenderingContext2D; readonly width: number; readonly height: number } | undefined {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return undefined;
    const [across, down] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (this.element.width !== across) this.element.width = across;
    if (this.element.height !== down) this.element.height = down;
    this.#context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    return { pen: this.#context, width, height };
  }
}

/** Returns the theme that the page shows. */
export function themeNow(): Theme {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** The colours of lines and signs, in each theme. */
export const INKS: Readonly<
  Record<Theme, Readonly<Record<'ink' | 'line' | 'surface' | 'bad' | 'room' | 'end', string>>>
> = {
  light: {
    ink: '#1f2328',
    line: '#e4e8ec',
    surface: '#ffffff',
    bad: '#cf222e',
    room: '#8250df',
    end: '#59636e',
  },
  dark: {
    ink: '#e6edf3',
    line: '#222931',
    surface: '#0d1117',
    bad: '#ff7b72',
    room: '#d2a8ff',
    end: '#9198a1',
  },
};
