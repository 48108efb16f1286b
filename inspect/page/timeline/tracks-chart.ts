import type { MarkView } from '../../messages.ts';
import { INKS, Surface, themeNow } from './canvas.ts';
import { colourOf, ON_BAR, type Theme } from './colours.ts';
import { type Bar, SPAN, type Track } from './history.ts';

/** The least height of a track whose bars have names. In px. */
const NAMED = 18;
/** The width of a letter of a name, and the narrowest bar with a name. In px. */
const LETTER = 6.6;
const WIDE = 44;

/** The content of a chart of tracks. */
export interface Shown {
  readonly tracks: readonly Track[];
  /** The height of a track. In px. */
  readonly step: number;
  readonly now: number;
  /** Bars whose task is not meant are pale. */
  readonly isMeant: (bar: Bar) => boolean;
  readonly chosen: Bar | undefined;
}

type Pen = CanvasRenderingContext2D;

/** Draws the tracks of all slots: bars, and marks for the ends of workers. */
export class TracksChart {
  readonly #surface: Surface;

  constructor(element: HTMLCanvasElement) {
    this.#surface = new Surface(element);
  }

  /** Draws everything anew. */
  draw({ tracks, step, now, isMeant, chosen }: Shown): void {
    const begun = this.#surface.begin();
    if (begun === undefined) return;
    const { pen, width, height } = begun;
    const theme = themeNow();
    gridLines(pen, width, height, theme);
    const since = now - SPAN;
    const xOf = (at: number) => ((at - since) / SPAN) * width;
    const gap = step > 9 ? 3 : 1;
    for (const [i, track] of tracks.entries()) {
      const top = i * step + Math.floor(gap / 2);
      const tall = step - gap;
      const all = track.running === undefined ? track.bars : [...track.bars, track.running];
      for (const bar of all) {
        const x = Math.max(-2, xOf(bar.from));
        const wide = Math.max(1, xOf(bar.to ?? now) - x);
        if (x + wide < 0) continue;
        pen.globalAlpha = isMeant(bar) ? 1 : 0.18;
        drawBar(pen, bar, { x, y: top, wide, tall }, theme);
        pen.globalAlpha = 1;
        if (bar === chosen) frame(pen, x, top, wide, tall, theme);
      }
      for (const mark of track.marks) drawMark(pen, mark, xOf(mark.at), top, tall, theme);
    }
  }
}

/** Draws lines at each quarter of a minute. */
export function gridLines(pen: Pen, width: number, height: number, theme: Theme): void {
  pen.fillStyle = INKS[theme].line;
  for (let i = 0; i <= 4; i++) pen.fillRect(Math.min(width - 1, Math.round((i * width) / 4)), 0, 1, height);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly wide: number;
  readonly tall: number;
}

function drawBar(pen: Pen, bar: Bar, { x, y, wide, tall }: Box, theme: Theme): void {
  const ink = INKS[theme];
  pen.fillStyle = colourOf(bar.label, theme);
  // A thin line of the ground between two bars, where there is room for it.
  pen.fillRect(x, y, wide > 3 ? wide - 0.7 : wide, tall);
  if (bar.hasLearnt) {
    pen.fillStyle = ink.ink;
    pen.fillRect(x, y, Math.min(2, wide), tall);
  }
  if (bar.isFailed) {
    const sole = Math.max(2, Math.round(tall / 5));
    pen.fillStyle = ink.surface;
    pen.fillRect(x, y + tall - sole - 1, Math.max(3, wide), 1);
    pen.fillStyle = ink.bad;
    pen.fillRect(x, y + tall - sole, Math.max(3, wide), sole);
  }
  const left = Math.max(0, x);
  const room = x + wide - left;
  if (tall < NAMED - 3 || room < WIDE || bar.name === '') return;
  const letters = Math.floor((room - 10) / LETTER);
  const name = bar.count === undefined ? bar.name : `${bar.count} tasks`;
  pen.fillStyle = ON_BAR[theme];
  pen.font = `12px ${family()}`;
  pen.textBaseline = 'middle';
  pen.fillText(name.length > letters ? `${name.slice(0, letters - 1)}…` : name, left + 6, y + tall / 2 + 0.5);
}

/** Returns the page's font. */
function family(): string {
  font ??= getComputedStyle(document.body).fontFamily;
  return font;
}

let font: string | undefined;

function frame(pen: Pen, x: number, y: number, wide: number, tall: number, theme: Theme): void {
  pen.lineWidth = 2;
  pen.strokeStyle = INKS[theme].surface;
  pen.strokeRect(x - 2, y - 1, wide + 4, tall + 2);
  pen.lineWidth = 1.5;
  pen.strokeStyle = INKS[theme].ink;
  pen.strokeRect(x - 2, y - 1, wide + 4, tall + 2);
}

/** Draws a diamond for a room, a cross for a death, a line for any other end: no two differ in colour alone. */
function drawMark(pen: Pen, { what }: MarkView, x: number, y: number, tall: number, theme: Theme): void {
  const ink = INKS[theme];
  const middle = y + tall / 2;
  const half = Math.max(2.5, Math.min(6, tall / 3));
  if (what === 'end') {
    pen.fillStyle = ink.end;
    pen.fillRect(x - 0.75, y, 1.5, tall);
    return;
  }
  const path = new Path2D();
  if (what === 'room') {
    path.moveTo(x, middle - half);
    path.lineTo(x + half, middle);
    path.lineTo(x, middle + half);
    path.lineTo(x - half, middle);
    path.closePath();
  } else {
    path.moveTo(x - half + 1, middle - half + 1);
    path.lineTo(x + half - 1, middle + half - 1);
    path.moveTo(x + half - 1, middle - half + 1);
    path.lineTo(x - half + 1, middle + half - 1);
  }
  pen.lineJoin = 'round';
  pen.lineWidth = half > 3 ? 5 : 3;
  pen.strokeStyle = ink.surface;
  pen.stroke(path);
  pen.lineWidth = half > 3 ? 2 : 1.5;
  pen.strokeStyle = what === 'room' ? ink.room : ink.bad;
  pen.stroke(path);
  if (what !== 'room') return;
  pen.fillStyle = ink.room;
  pen.fill(path);
}
