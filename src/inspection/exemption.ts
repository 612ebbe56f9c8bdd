/** A host that may fail a check: for a reason, by someone, until a day. Afterwards it counts again. */
import { parseLabelSelector } from '../kube/index.ts';
import type { Subject } from './subject.ts';

export interface Exemption {
  readonly id: number;
  readonly check: string;
  readonly host?: string;
  /** Label selector of hosts. */
  readonly selector?: string;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export function exempts(exemption: Exemption, check: string, subject: Subject, now: number): boolean {
  if (exemption.check !== check || exemption.expiresAt <= now) return false;
  if (exemption.host !== undefined) return exemption.host === subject.host;
  return exemption.selector !== undefined && parseLabelSelector(exemption.selector).matches(subject.labels);
}
