import { expect, it } from 'vitest';
import { type Draft, failure, PODS, type Pod } from '../../../kube/index.ts';
import { load } from './loader.ts';

const drafts: Draft<Pod>[] = Array.from({ length: 100 }, (_, i) => ({
  metadata: { name: `p${i}` },
  spec: { containers: [] },
}));

/** A server that keeps names, and refuses those that `refuse` picks. */
function server(refuse: (name: string) => boolean = () => false) {
  const names = new Set<string>();
  let [open, most] = [0, 0];
  const create = async (_type: unknown, draft: { metadata: { name?: string } }) => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setImmediate(resolve));
    open--;
    const name = draft.metadata.name!;
    if (refuse(name)) throw failure('Invalid', `${name} is not wanted`);
    if (names.has(name)) throw failure('AlreadyExists', `${name} exists`);
    names.add(name);
    return draft as never;
  };
  return { client: { create }, names, most: () => most };
}

it('creates everything, so many at a time, and tells how far it is', async () => {
  const { client, names, most } = server();
  const seen: number[] = [];
  const result = await load(client, { type: PODS, drafts, concurrency: 8, onProgress: (done) => seen.push(done) });
  expect(result).toEqual({ created: 100, present: 0, failed: [] });
  expect(names.size).toBe(100);
  expect(most()).toBe(8);
  expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});

it('repeated, creates nothing twice', async () => {
  const { client } = server();
  await load(client, { type: PODS, drafts });
  expect(await load(client, { type: PODS, drafts })).toEqual({ created: 0, present: 100, failed: [] });
});

it('goes on after a refusal and reports it', async () => {
  const { client } = server((name) => name === 'p7');
  const result = await load(client, { type: PODS, drafts });
  expect(result.created).toBe(99);
  expect(result.failed.map(({ name }) => name)).toEqual(['p7']);
});
