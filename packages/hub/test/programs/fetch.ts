// A program: fetches every file of `me/model` from the hub at an address into a cache, and prints each event as a line of JSON.
import { fetchFiles } from '../../src';

const [endpoint, cache = ''] = process.argv.slice(2);
await fetchFiles({ kind: 'models', repo: 'me/model', revision: 'main' }, (paths) => paths, {
  ...{ cache, endpoint, retries: 3, retryDelay: 10 },
  onEvent: (event) => console.log(JSON.stringify(event)),
});
