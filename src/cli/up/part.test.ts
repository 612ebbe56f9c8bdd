import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../kube/index.ts';
import { Part, type PartLife } from './part.ts';

/** Lives that the test ends by hand. */
function lives() {
  const all: { ready: PromiseWithResolvers<string>; ended: PromiseWithResolvers<Error | undefined> }[] = [];
  const launch = (): PartLife<string> => {
    const ready = Promise.withResolvers<string>();
    const ended = Promise.withResolvers<Error | undefined>();
    ready.promise.catch(() => undefined);
    all.push({ ready, ended });
    const stop = async () => ended.resolve(undefined);
    return { ready: ready.promise, ended: ended.promise, stop };
  };
  return { all, launch };
}

async function started(clock = new VirtualClock()) {
  const { all, launch } = lives();
  const part = new Part('fleet', launch, { clock });
  const start = part.start();
  all[0]!.ready.resolve('here');
  expect(await start).toBe('here');
  return { all, part, clock };
}

describe('a part', () => {
  it('is ready when its first life is', async () => {
    const { part } = await started();
    expect(part.status).toEqual({ name: 'fleet', state: 'ready', restarts: 0 });
  });

  it('that cannot start at all says so and is not tried again', async () => {
    const { all, launch } = lives();
    const part = new Part('fleet', launch, { clock: new VirtualClock() });
    const start = part.start();
    all[0]!.ready.reject(new Error('no port'));
    await expect(start).rejects.toThrow('no port');
    expect(all).toHaveLength(1);
  });

  it('that dies is started again after a pause that doubles', async () => {
    const { all, part, clock } = await started();
    all[0]!.ended.resolve(new Error('out of memory'));
    await clock.advance(499);
    expect(all).toHaveLength(1);
    expect(part.status).toEqual({ name: 'fleet', state: 'restarting', restarts: 1, error: 'out of memory' });
    await clock.advance(1);
    expect(all).toHaveLength(2);
    all[1]!.ended.resolve(new Error('again'));
    await clock.advance(999);
    expect(all).toHaveLength(2);
    await clock.advance(1);
    expect(all).toHaveLength(3);
    all[2]!.ready.resolve('back');
    await clock.advance(0);
    expect(part.status.state).toBe('ready');
  });

  it('that lived long starts over with the first pause', async () => {
    const { all, clock } = await started();
    all[0]!.ended.resolve(undefined);
    await clock.advance(500);
    await clock.advance(60_000);
    all[1]!.ended.resolve(undefined);
    await clock.advance(500);
    expect(all).toHaveLength(3);
  });

  it('that was stopped stays stopped', async () => {
    const { all, part, clock } = await started();
    await part.stop();
    await part.stop();
    await clock.advance(60_000);
    expect(all).toHaveLength(1);
    expect(part.status.state).toBe('stopped');
  });

  it('stopped while it waits to start again does not start', async () => {
    const { all, part, clock } = await started();
    all[0]!.ended.resolve(new Error('dead'));
    await clock.advance(100);
    await part.stop();
    await clock.advance(60_000);
    expect(all).toHaveLength(1);
  });
});
