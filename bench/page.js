const COLOURS = { ours: '#2563eb', peer: '#94a3b8', raw: '#d97706' };
const WIDTH = 720;
const LABEL = 210;
const BAR = 16;

/** docs/performance.md: every row with its figures and what it must reach. */
export function pageOf(results, machine, rounds) {
  const parts = results.map(({ title, base, lines, goals }) => {
    const table = lines.map(({ subject, ratio, us, cpu, spread }) =>
      us === undefined
        ? `| ${subject} | did not finish | | | |`
        : `| ${subject} | ${ratio ? `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)} - ${ratio.most.toFixed(2)})` : ''} | ${us.median.toFixed(2)} | ${cpu} | ${spread} |`,
    );
    const reached = goals.map(
      ({ text, found, isReached, isStretched }) =>
        `- ${isStretched ? '**' : ''}${isReached ? 'reached' : 'not reached'}${isStretched ? '**' : ''}: ${text}; found ${found}`,
    );
    return `## ${title}\n\n| | x ${base} (min - max) | us a task | CPU us a task | p99 / p50 |\n| --- | --- | --- | --- | --- |\n${table.join('\n')}\n${reached.length === 0 ? '' : `\n${reached.join('\n')}\n`}`;
  });
  return `# Performance

\`npm run bench -- --write\` has made this page: ${machine}. ${rounds} rounds; each subject in a fresh process a round, in
alternating order; the figures are medians, the ratios those within the rounds. "window" rows are of a kind that says that
its workers may hold several requests; "plans off" rows interpret every step of the machines.

![Throughput against piscina](performance.svg)

${parts.join('\n')}`;
}

/** Bars of the rows of throughput, against piscina, on a scale of doublings. */
export function plotOf(results) {
  const plotted = results.filter(({ title }) => title.startsWith('throughput') || title.startsWith('latency'));
  const most = Math.max(2, ...plotted.flatMap(({ lines }) => lines.map(({ ratio }) => ratio?.median ?? 0)));
  const scale = (ratio) => Math.max(2, ((Math.log2(ratio) + 1.5) / (Math.log2(most) + 1.5)) * (WIDTH - LABEL - 70));
  let y = 10;
  const parts = [];
  for (const { title, lines } of plotted) {
    y += 24;
    parts.push(`<text x="10" y="${y}" class="title">${title}: x piscina</text>`);
    y += 10;
    for (const { subject, ratio } of lines) {
      if (ratio === undefined) continue;
      const colour = subject.startsWith('statepool')
        ? COLOURS.ours
        : subject.startsWith('raw')
          ? COLOURS.raw
          : COLOURS.peer;
      const width = scale(ratio.median).toFixed(1);
      parts.push(`<text x="${LABEL - 8}" y="${y + 12}" text-anchor="end">${subject}</text>`);
      parts.push(`<rect x="${LABEL}" y="${y}" width="${width}" height="${BAR - 3}" rx="2" fill="${colour}"/>`);
      parts.push(`<text x="${LABEL + Number(width) + 6}" y="${y + 12}">${ratio.median.toFixed(2)}</text>`);
      y += BAR;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 14}" viewBox="0 0 ${WIDTH} ${y + 14}">
<style>text { font: 12px system-ui, sans-serif; fill: #334155 } .title { font-weight: 600 } rect.back { fill: #fff } @media (prefers-color-scheme: dark) { text { fill: #cbd5e1 } rect.back { fill: #0f172a } }</style>
<rect class="back" width="100%" height="100%"/>
${parts.join('\n')}
</svg>
`;
}
