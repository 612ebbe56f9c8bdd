import { describe, expect, it } from 'vitest';
import { testPod } from '../core/test-cluster.ts';
import { EventShards } from './event-shards.ts';

describe('EventShards', () => {
  it('keep the events of one object together and spread those of many', () => {
    const logs: string[][] = [[], [], [], []];
    const shards = new EventShards(logs.map((log) => ({ event: (_o, _t, _r, message) => void log.push(message) })));
    for (let i = 0; i < 100; i++) {
      shards.event(testPod(`p${i}`), 'Warning', 'FailedScheduling', `p${i} first`);
      shards.event(testPod(`p${i}`), 'Normal', 'Scheduled', `p${i} second`);
    }
    for (const log of logs) {
      expect(log.length).toBeGreaterThan(20);
      for (let i = 0; i < log.length; i += 2) expect(log[i + 1]).toBe(log[i]!.replace('first', 'second'));
    }
  });
});
