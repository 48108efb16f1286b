export default {
  name: 'pages',
  url: import.meta.url,
  // A page is mostly waited for: one worker fetches eight of them at a time.
  concurrency: 8,
  requestOfTask: (status, { address }) => address,
  async perform(address, { signal }) {
    const response = await fetch(address, { signal });
    const text = await response.text();
    const links = [...text.matchAll(/href="([^"#]+)"/g)].map(([, link]) => new URL(link, address).href);
    return { status: response.status, bytes: text.length, links };
  },
};
