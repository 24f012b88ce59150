// The Hugging Face hub, as far as the documents ask it.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { FakeHub } from '../packages/hub/src/testing';

type Files = Readonly<Record<string, Uint8Array | string>>;

/** Rows as a file holds them, one a line. */
export const jsonLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Questions of a few words, and a good and a bad answer to each. */
export const pairs = Array.from({ length: 48 }, (_, i) => ({
  prompt: `Say ${i % 24}`,
  chosen: `It is ${i % 24}.`,
  rejected: i % 2 ? 'No idea.' : `Who knows ${i}?`,
}));

/** In Anthropic's format. */
export const hhRows = pairs.map(({ prompt, chosen, rejected }) => {
  const asked = `\n\nHuman: ${prompt}\n\nAssistant: `;
  return { chosen: asked + chosen, rejected: asked + rejected };
});

const shpRows = pairs.map(({ prompt, chosen, rejected }, i) => ({
  ...{ post_id: `${i}`, domain: 'ask', history: prompt, human_ref_A: chosen, human_ref_B: rejected },
  ...{ labels: 1, score_A: 20, score_B: 4 },
}));

const oasstRows = pairs.flatMap(({ prompt, chosen, rejected }, i) => {
  const of = { message_tree_id: `${i}`, lang: 'en', deleted: false, review_result: true };
  const reply = { ...of, parent_id: `${i}`, role: 'assistant' };
  return [
    { ...of, message_id: `${i}`, parent_id: null, role: 'prompter', text: prompt, rank: null },
    { ...reply, message_id: `${i}-0`, text: chosen, rank: 0 },
    { ...reply, message_id: `${i}-1`, text: rejected, rank: 1 },
  ];
});

const dataSets: Readonly<Record<string, Files>> = {
  'Anthropic/hh-rlhf': {
    'harmless-base/train.jsonl.gz': gzipSync(jsonLines(hhRows)),
    'harmless-base/test.jsonl.gz': gzipSync(jsonLines(hhRows.slice(0, 12))),
  },
  'stanfordnlp/SHP': {
    'ask/train.json': jsonLines(shpRows),
    'ask/test.json': jsonLines(shpRows.slice(0, 12)),
  },
  'OpenAssistant/oasst1': {
    '2023-04-12_oasst_ready.messages.jsonl.gz': gzipSync(jsonLines(oasstRows)),
  },
};

export interface DocsHub {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A hub with a few rows of HH, SHP and OASST, on which every model is the one of these files. */
export async function docsHub(model: Files): Promise<DocsHub> {
  const hubs = new Map<string, Promise<FakeHub>>();
  const hubOf = (repo: string) => {
    const files = dataSets[repo];
    const start = () => FakeHub.start(repo, files ?? model, { kind: files ? 'datasets' : 'models' });
    if (!hubs.has(repo)) hubs.set(repo, start());
    return hubs.get(repo) as Promise<FakeHub>;
  };
  const front = createServer(async (asked, response) => {
    const [, repo = ''] = /^\/(?:api\/)?(?:(?:models|datasets)\/)?([^/]+\/[^/]+)/.exec(asked.url ?? '') ?? [];
    const { endpoint } = await hubOf(repo);
    const passed = request(endpoint + asked.url, { method: asked.method, headers: asked.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(passed);
  });
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
  return {
    endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    async stop() {
      front.closeAllConnections();
      await new Promise((done) => front.close(done));
      for (const hub of hubs.values()) await (await hub).stop();
    },
  };
}
