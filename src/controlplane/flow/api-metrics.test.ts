import { expect, it } from 'vitest';
import { MASTER, TestPlane } from '../plane.testing.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

async function counted(plane: TestPlane): Promise<string[]> {
  const text = await plane.metrics.text();
  return text.split('\n').filter((line) => line.startsWith('apiserver_request_total{'));
}

it('names that clients make up are not kept', async () => {
  const plane = await TestPlane.start();
  for (let i = 0; i < 5; i++) {
    await plane.ask(MASTER, 'GET', `/apis/made-up-${i}/v${i}/things`);
    await plane.ask(MASTER, 'GET', `${MAPS}/a/sub-${i}`);
    await plane.ask('nobody', 'GET', `/apis/made-up-${i}/v${i}/things`);
    await plane.ask(MASTER, 'GET', `${MAPS}?dryRun=${i}`);
  }
  const lines = await counted(plane);
  expect(lines.join('\n')).not.toMatch(/made-up|sub-|dry_run="\d/);
  expect(lines.length).toBe(3);
});

it('a request is counted under its verb, kind and answer', async () => {
  const plane = await TestPlane.start();
  await plane.ask(MASTER, 'GET', MAPS);
  expect(await counted(plane)).toEqual([
    'apiserver_request_total{verb="LIST",group="",version="v1",resource="configmaps",subresource="",scope="namespace",component="apiserver",code="200",dry_run=""} 1',
  ]);
});
