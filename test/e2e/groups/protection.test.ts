/** What a Group says of the DisruptionPolicy that it counts on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DISRUPTION_POLICIES } from '../../../src/resources/index.ts';
import { Subject, startWorld, type World } from './world.ts';

const at = { namespace: 'default' };
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  expect(world?.faults ?? []).toEqual([]);
  await world?.stop();
});

it('a Group tells whether the policy it names is there and selects its Pods', async () => {
  const web = new Subject(world, 'web');
  await web.create({ replicas: 1, disruption: { policyRef: { name: 'careful' } } });
  const tells = (reason: string) =>
    world.until(
      async () => web.condition(await web.get(), 'Protected'),
      (condition) => condition?.reason === reason,
      reason,
    );
  expect(await tells('NoSuchPolicy')).toMatchObject({ status: 'False', message: expect.stringContaining('careful') });
  const spec = { selector: { matchLabels: { app: 'other' } } };
  await world.client.create(DISRUPTION_POLICIES, { metadata: { name: 'careful', ...at }, spec: spec as never });
  expect(await tells('NotSelected')).toMatchObject({ status: 'False' });
  const body = { spec: { selector: { matchLabels: { app: 'web' } } } };
  await world.client.patch(DISRUPTION_POLICIES, 'careful', { kind: 'merge', body }, at);
  expect(await tells('PolicySelects')).toMatchObject({ status: 'True' });
  await world.client.delete(DISRUPTION_POLICIES, 'careful', at);
  await tells('NoSuchPolicy');
});
