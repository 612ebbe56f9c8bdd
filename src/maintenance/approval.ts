/** When one person's word is not enough. Pure. */
import type { Consent } from './drain/index.ts';
import type { Impact } from './impact/impact.ts';
import type { Repair } from './repair.ts';

/** Why a second person must agree, in words; nothing when nobody need. */
export function approvalsFor(impact: Impact | undefined, consent: Consent, repair: Repair | undefined): string[] {
  const reasons: string[] = [];
  if (impact?.controlPlane) reasons.push('the host is of the control plane');
  if (impact && impact.lastReplicas.length > 0) reasons.push(`no replica is left of ${impact.lastReplicas.join(', ')}`);
  if (consent.emptyDir && has(impact, 'empty-dir')) reasons.push('data in emptyDir volumes is lost');
  if (consent.bare && has(impact, 'bare')) reasons.push('Pods that nobody makes anew are lost');
  if (consent.localVolume && has(impact, 'local-volume'))
    reasons.push('Pods lose their local volumes while the host is away');
  if (consent.override?.length) reasons.push(`budgets are overridden for ${consent.override.join(', ')}`);
  if (repair?.approval) reasons.push(`the repair is to ${repair.text.en}`);
  return reasons;
}

function has(impact: Impact | undefined, kind: string): boolean {
  return impact?.pods.some((pod) => pod.class === kind && pod.act === 'evict') ?? false;
}
