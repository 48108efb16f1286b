/** The report of a soak. Sizes in bytes, times in ms. */
export interface SoakReport {
  readonly ok: boolean;
  readonly seed: number;
  readonly host: string;
  readonly size: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly accepted: number;
  readonly settled: number;
  readonly doubles: number;
  readonly hung: number;
  readonly orphans: number;
  readonly wrong: number;
  readonly faults: number;
  readonly faultsByName: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly bereaved: Readonly<Record<string, number>>;
  readonly samples: number;
  readonly mostWorkers: number;
  readonly samplesAboveSize: number;
  readonly files: { readonly start: number; readonly end: number; readonly most: number };
  readonly heap: { readonly start: number; readonly end: number; readonly growth: number };
  readonly oldestTask: number;
  /** The groups of faults that could not be injected here, each with a reason. */
  readonly skipped: Readonly<Record<string, string>>;
  readonly violations: readonly string[];
}

/** Prints the table for people, and the line for programs. */
export function print(report: SoakReport): void {
  const { heap, files } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['seed', `${report.seed}`],
    ['workers', `${report.size} on the host ${report.host}, ${report.rounds} pools in ${report.seconds} s`],
    ['tasks', `${report.accepted} accepted, ${report.settled} settled; the slowest took ${report.oldestTask} ms`],
    ['settled twice', `${report.doubles}`],
    ['hung', `${report.hung}`],
    ['settled wrongly', `${report.wrong}`],
    ['faults', `${report.faults}: ${listed(report.faultsByName)}`],
    ['skipped', listed(report.skipped)],
    ['ends', listed(report.ends)],
    ['lost workers', `of honest tasks: ${listed(report.bereaved)}`],
    [
      'live workers',
      `${report.mostWorkers} at most, above size and spares in ${report.samplesAboveSize} of ${report.samples} samples`,
    ],
    ['orphans', `${report.orphans}`],
    ['open files', `${files.start} at the start, ${files.end} at the end, ${files.most} at most`],
    ['heap', `${megabytes(heap.start)} warm, ${megabytes(heap.end)} at the end: ${(heap.growth * 100).toFixed(1)} %`],
    ['verdict', report.ok ? 'everything holds' : 'something does not hold'],
  ];
  for (const [name, text] of rows) note(`${name.padEnd(16)}${text}`);
  for (const violation of report.violations) note(`  ${violation}`);
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** Prints a line for people. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function listed(values: Readonly<Record<string, number | string>>): string {
  const sorted = Object.entries(values).sort(([, left], [, right]) => Number(right) - Number(left));
  return sorted.map(([name, value]) => `${name} ${value}`).join(', ') || 'none';
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
