import { writeSync } from 'node:fs';

process.on('exit', () => {
  writeSync(1, `\n${JSON.stringify({ maxRss: process.resourceUsage().maxRSS })}\n`);
});
