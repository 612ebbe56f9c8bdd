import { describe, expect, it } from 'vitest';
import { type Informer, type Pod, VirtualClock } from '../kube/index.ts';
import { Expectations } from './expectations.ts';
import { pod } from './fixture.ts';

type Handler = Parameters<Informer<Pod>['onChange']>[0];

function watched() {
  const clock = new VirtualClock();
  const expectations = new Expectations(clock);
  let handler: Handler = {};
  const informer = {
    onChange: (h: Handler) => {
      handler = h;
      return () => {};
    },
  };
  expectations.watch(informer as unknown as Informer<Pod>);
  return { clock, expectations, show: handler };
}

describe('Expectations', () => {
  it('holds its owner up until the cache shows the creation', () => {
    const { expectations, show } = watched();
    expectations.expectCreation('owner', 'default/a');
    expect(expectations.waitOf('owner')).toBeGreaterThan(0);
    expect(expectations.waitOf('another')).toBe(0);
    show.add!(pod({ name: 'a' }));
    expect(expectations.waitOf('owner')).toBe(0);
  });

  it('takes a deletion for shown as soon as the Pod is leaving', () => {
    const { expectations, show } = watched();
    const leaving = pod({ leaving: true });
    expectations.expectDeletion('owner', leaving.metadata.uid);
    show.update!(leaving, leaving);
    expect(expectations.waitOf('owner')).toBe(0);
  });

  it('forgets what failed', () => {
    const { expectations } = watched();
    expectations.expectCreation('owner', 'default/a');
    expectations.creationFailed('default/a');
    expect(expectations.waitOf('owner')).toBe(0);
  });

  it('waits five minutes and no longer for an event that never comes', async () => {
    const { clock, expectations } = watched();
    expectations.expectCreation('owner', 'default/a');
    expect(expectations.waitOf('owner')).toBe(300_000);
    await clock.advance(300_000);
    expect(expectations.waitOf('owner')).toBe(0);
  });
});
