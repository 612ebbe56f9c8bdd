import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import { type Fence, LeaderElection } from './leader-election.ts';
import type { Lease } from './object.ts';
import { failure } from './status.ts';

/** One Lease, with optimistic concurrency, that can be made unreachable for some. */
class LeaseServer {
  lease: Lease | undefined;
  readonly unreachable = new Set<string>();
  readonly requests: string[] = [];
  #version = 0;

  clientFor(who: string) {
    const reach = (verb: string) => {
      this.requests.push(verb);
      if (this.unreachable.has(who)) throw new Error('unreachable');
    };
    return {
      get: async () => {
        reach('get');
        if (!this.lease) throw failure('NotFound', 'no lease');
        return structuredClone(this.lease);
      },
      create: async (_: unknown, lease: Lease) => {
        reach('create');
        if (this.lease) throw failure('AlreadyExists', 'there is one');
        return this.#store(lease);
      },
      replace: async (_: unknown, lease: Lease) => {
        reach('replace');
        if (lease.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) {
          throw failure('Conflict', 'changed meanwhile');
        }
        return this.#store(lease);
      },
    } as unknown as ConstructorParameters<typeof LeaderElection>[0];
  }

  #store(lease: Lease): Lease {
    this.lease = structuredClone(lease);
    this.lease.metadata.resourceVersion = String(++this.#version);
    return structuredClone(this.lease);
  }
}

function candidates(...names: string[]) {
  const server = new LeaseServer();
  const clock = new VirtualClock();
  const leading = new Set<string>();
  const fences: Fence[] = [];
  const stops = new Map<string, AbortController>();
  const runs = new Map<string, Promise<void>>();
  for (const name of names) {
    const stop = new AbortController();
    const election = new LeaderElection(server.clientFor(name), {
      lease: { namespace: 'n', name: 'l' },
      identity: name,
      clock,
      random: () => 0,
    });
    const run = election.run(stop.signal, async (fence, signal) => {
      expect([...leading]).toEqual([]);
      leading.add(name);
      fences.push(fence);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      leading.delete(name);
    });
    stops.set(name, stop);
    runs.set(name, run);
  }
  return { server, clock, leading, fences, stops, runs, requests: server.requests };
}

describe('leader election', () => {
  it('lets one lead at a time, and keeps it as long as it renews', async () => {
    const { clock, leading, server, fences } = candidates('a', 'b');
    await clock.advance(120_000);
    expect([...leading]).toEqual(['a']);
    expect(server.lease?.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1, leaseDurationSeconds: 15 });
    expect(server.lease?.spec.renewTime).not.toBe(server.lease?.spec.acquireTime);
    expect(fences[0]?.held()).toBe(true);
  });

  it('renews with one request, and gives the lease back though someone wrote to it', async () => {
    const { clock, server, stops, runs, requests } = candidates('a');
    await clock.advance(3_000);
    requests.length = 0;
    await clock.advance(10_000);
    expect(requests).toEqual(['replace', 'replace', 'replace', 'replace', 'replace']);
    server.lease!.metadata.resourceVersion = 'touched';
    stops.get('a')!.abort();
    await runs.get('a');
    expect(server.lease?.spec.holderIdentity).toBe('');
  });

  it('reads the lease again when someone else wrote to it, and goes on leading', async () => {
    const { clock, leading, server } = candidates('a');
    await clock.advance(3_000);
    server.lease!.metadata.labels = { some: 'label' };
    server.lease!.metadata.resourceVersion = 'touched';
    await clock.advance(20_000);
    expect([...leading]).toEqual(['a']);
    expect(server.lease?.metadata.labels).toEqual({ some: 'label' });
  });

  it('hands over at once when the leader is told to stop', async () => {
    const { clock, leading, stops, runs, fences } = candidates('a', 'b');
    await clock.advance(10_000);
    stops.get('a')!.abort();
    await runs.get('a');
    await clock.advance(2_000);
    expect([...leading]).toEqual(['b']);
    expect(fences[1]!.token).toBeGreaterThan(fences[0]!.token);
    expect(fences[0]!.held()).toBe(false);
  });

  it('stops leading before another can begin when the server cannot be reached', async () => {
    const { clock, leading, server, fences } = candidates('a', 'b');
    await clock.advance(10_000);
    server.unreachable.add('a');
    await clock.advance(10_001);
    expect([...leading]).toEqual([]);
    await clock.advance(8_000);
    expect([...leading]).toEqual(['b']);
    expect(fences.map((fence) => fence.held())).toEqual([false, true]);
    server.unreachable.clear();
    server.unreachable.add('b');
    await clock.advance(30_000);
    expect([...leading]).toEqual(['a']);
    expect(fences.map((fence) => fence.token)).toEqual([1, 2, 3]);
  });

  it('does not take over from a leader whose clock is far off, as long as it renews', async () => {
    const { clock, leading, server } = candidates('b');
    server.lease = {
      metadata: { namespace: 'n', name: 'l', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
      spec: { holderIdentity: 'other', leaseDurationSeconds: 15, renewTime: '1999-01-01T00:00:00.000000Z' as never },
    };
    for (let i = 2; i < 10; i++) {
      await clock.advance(5_000);
      server.lease.metadata.resourceVersion = String(i);
    }
    expect([...leading]).toEqual([]);
    await clock.advance(20_000);
    expect([...leading]).toEqual(['b']);
  });

  it('stops leading as soon as it sees another in its place', async () => {
    const { clock, leading, server } = candidates('a');
    await clock.advance(5_000);
    server.lease!.spec.holderIdentity = 'usurper';
    server.lease!.metadata.resourceVersion = '999';
    await clock.advance(2_500);
    expect([...leading]).toEqual([]);
    expect(server.lease!.spec.holderIdentity).toBe('usurper');
  });

  it('returns when the leader has finished by itself, and rejects when it failed, giving the lease back', async () => {
    const server = new LeaseServer();
    const options = { lease: { namespace: 'n', name: 'l' }, identity: 'a', clock: new VirtualClock() };
    const election = new LeaderElection(server.clientFor('a'), options);
    const never = new AbortController().signal;
    await election.run(never, async () => {});
    expect(server.lease?.spec.holderIdentity).toBe('');
    const failed = election.run(never, async () => {
      throw new Error('mine');
    });
    await expect(failed).rejects.toThrow('mine');
    expect(server.lease?.spec.holderIdentity).toBe('');
  });

  it('refuses times that would let two lead', () => {
    const lease = { namespace: 'n', name: 'l' };
    const make = (times: object) => () =>
      new LeaderElection(new LeaseServer().clientFor('a'), { lease, identity: 'a', ...times });
    expect(make({ leaseDurationMs: 5_000 })).toThrow(RangeError);
    expect(make({ retryPeriodMs: 9_000 })).toThrow(RangeError);
  });
});
