/** A host that may fail a check: for a reason, by someone, until a day. Afterwards it counts again. */
import { JdosError } from '../errors/index.ts';
import { parseLabelSelector } from '../kube/index.ts';
import { CHECKS } from './checks/index.ts';
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

/** Nothing is excused for good. */
export const MOST_EXEMPT_DAYS = 365;

export interface ExemptionWish extends Pick<Exemption, 'check' | 'host' | 'selector' | 'reason'> {
  readonly days: number;
}

/** @throws JdosError JDOS_ERR_USAGE that names the field */
export function requireExemption({ check, host, selector, reason, days }: ExemptionWish): void {
  if (!CHECKS.some(({ id }) => id === check)) throw bad('check', CHECKS.map(({ id }) => id).join(', '), check);
  if ((host === undefined) === (selector === undefined)) throw bad('hosts', 'a host or a selector', 'both or neither');
  if (reason.trim() === '') throw bad('reason', 'a reason', 'nothing');
  if (!(days >= 1 && days <= MOST_EXEMPT_DAYS)) throw bad('days', `1 to ${MOST_EXEMPT_DAYS}`, String(days));
  try {
    if (selector !== undefined) parseLabelSelector(selector);
  } catch {
    throw bad('selector', 'a label selector', selector ?? '');
  }
}

function bad(field: string, expected: string, got: string): JdosError {
  return new JdosError('JDOS_ERR_USAGE', { detail: `exempt: ${field}: expected ${expected}, found ${got}` });
}

export function exempts(exemption: Exemption, check: string, subject: Subject, now: number): boolean {
  if (exemption.check !== check || exemption.expiresAt <= now) return false;
  if (exemption.host !== undefined) return exemption.host === subject.host;
  return exemption.selector !== undefined && parseLabelSelector(exemption.selector).matches(subject.labels);
}
