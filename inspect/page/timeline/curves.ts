import { byId, counted, setText } from '../elements.ts';
import { INKS, Surface, themeNow } from './canvas.ts';
import { type Point, SPAN } from './history.ts';
import { gridLines } from './tracks-chart.ts';

/** One curve: which number it shows, the top of its scale, and how the number is written. */
interface Curve {
  readonly id: 'rate' | 'wait' | 'busy';
  readonly name: string;
  readonly read: (point: Point) => number | undefined;
  /** The top of the scale for the largest value. */
  readonly topOf: (most: number) => number;
  readonly textOf: (value: number) => string;
}

const CURVES: readonly Curve[] = [
  { id: 'rate', name: 'tasks a second', read: ({ rate }) => rate, topOf: roundUp, textOf: counted },
  { id: 'wait', name: 'wait in the queue', read: ({ wait }) => wait, topOf: roundUp, textOf: msText },
  { id: 'busy', name: 'busy share', read: ({ busy }) => busy, topOf: () => 1, textOf: (busy) => busy.toFixed(2) },
];

/** The curves of the last minute: tasks a second, the wait in the queue, the busy share of the workers. */
export class Curves {
  readonly #drawn = CURVES.map((curve) => ({
    ...curve,
    surface: new Surface(byId(`curve-${curve.id}`) as HTMLCanvasElement),
    now: byId(`now-${curve.id}`),
    most: byId(`most-${curve.id}`),
  }));

  /** Draws the curves anew. */
  draw(points: readonly Point[], now: number): void {
    const theme = themeNow();
    for (const { surface, read, topOf } of this.#drawn) {
      const begun = surface.begin();
      if (begun === undefined) continue;
      const { pen, width, height } = begun;
      gridLines(pen, width, height, theme);
      const top = topOf(mostOf(points, read));
      const line = lineOf(points, now, { width, height: height - 3, top, read });
      pen.lineWidth = 1.5;
      pen.strokeStyle = INKS[theme].ink;
      pen.stroke(line);
    }
  }

  /** Shows the present and the largest values in words. */
  say(points: readonly Point[]): void {
    for (const { surface, now, most, name, read, textOf } of this.#drawn) {
      const last = points.at(-1);
      const value = last === undefined ? undefined : read(last);
      const text = value === undefined ? '–' : textOf(value);
      const largest = textOf(mostOf(points, read));
      setText(now, text);
      setText(most, `most ${largest}`);
      surface.element.setAttribute('aria-label', `${name} in the last minute: now ${text}, at most ${largest}`);
    }
  }
}

/** Returns a duration for people. `ms` may have any size. */
export function msText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 99_500 ? `${(ms / 1000).toFixed(1)} s` : `${counted(Math.round(ms / 60_000))} min`;
}

function mostOf(points: readonly Point[], read: Curve['read']): number {
  return points.reduce((most, point) => Math.max(most, read(point) ?? 0), 0);
}

/** Returns the least number of one digit and zeros that is not smaller; at least 1. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return Math.max(1, Math.ceil(value / unit) * unit);
}

interface Scale {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly read: Curve['read'];
}

/** Returns the line through the points, in steps: a value holds until the next message. Without a value it breaks. */
function lineOf(points: readonly Point[], now: number, { width, height, top, read }: Scale): Path2D {
  const path = new Path2D();
  const xOf = (at: number) => Math.max(-2, ((at - now + SPAN) / SPAN) * width);
  let isDown = false;
  for (const [i, point] of points.entries()) {
    const value = read(point);
    if (value === undefined) {
      isDown = false;
      continue;
    }
    const y = 1.5 + height * (1 - Math.min(1, value / top));
    if (isDown) path.lineTo(xOf(point.at), y);
    else path.moveTo(xOf(point.at), y);
    path.lineTo(xOf(Math.min(now, points[i + 1]?.at ?? now)), y);
    isDown = true;
  }
  return path;
}
