// Crawls a site from an address, and lists its broken links: node examples/crawler/main.js http://localhost:8080/
import { createPool } from 'statepool';
import pages from './pages.js';

const start = process.argv[2];
if (start === undefined || !URL.canParse(start)) {
  console.error(`usage: main.js ADDRESS (got ${start ?? 'nothing'})`);
  process.exit(2);
}
const { origin } = new URL(start);
const pool = createPool(pages, { size: 1, timeout: 10_000 });
const found = new Map();

async function crawl(address, from) {
  if (found.has(address) || !address.startsWith(origin)) return;
  found.set(address, 'waits');
  try {
    const { status, links } = await pool.run({ address });
    found.set(address, status);
    if (status !== 200) console.log(`${status} ${address} (linked from ${from})`);
    else await Promise.all(links.map((link) => crawl(link, address)));
  } catch (error) {
    found.set(address, error.code);
    console.log(`${error.code} ${address} (linked from ${from})`);
  }
}

await crawl(start, 'the command line');
await pool.close();
console.log(`${found.size} pages`);
