/** The facts that stages may ask of a Pod as a whole. Each row is one word of the language. */
import { rfc3339 } from '../kube/index.ts';
import { admissionShortage } from './admission.ts';
import { shortageText } from './amounts.ts';
import { MOUNT_BACK_OFF, retryMs } from './back-off.ts';
import { missingVolume } from './needs.ts';
import type { PodLife } from './pod-life.ts';
import { resizeOf, resizeSummary } from './resize.ts';

type Fact = (life: PodLife) => unknown;

export const POD_FACTS: Readonly<Record<string, Fact>> = {
  pod: (life) => life.pod.metadata.name,
  namespace: (life) => life.pod.metadata.namespace,
  uid: (life) => life.pod.metadata.uid,
  host: (life) => life.host.name,
  now: (life) => rfc3339(life.now),
  admitted: (life) => life.startTime !== undefined,
  sandbox: (life) => life.sandbox,
  terminating: (life) => life.terminating,
  ended: (life) => life.ending !== undefined,
  stopped: (life) => life.stopped,
  over: (life) => life.over,
  missingVolume: (life) => (life.sandbox ? '' : missingVolume(life)),
  mountRetryMs: (life) => (life.mountTries === 0 ? 0 : retryMs(life.mountTries - 1, MOUNT_BACK_OFF)),
  diskPressure: (life) => life.host.diskPressure,
  shortage: (life) => admissionShortage(life)?.resource ?? '',
  shortageMessage: (life) => shortageText(admissionShortage(life)!),
  network: (life) => (life.pod.spec.hostNetwork ? 'none' : (life.world.network?.state(life.pod) ?? 'none')),
  hasAddress: (life) => life.address !== undefined,
  holdsAddress: (life) => life.address !== undefined && !life.pod.spec.hostNetwork,
  hasDeadline: (life) => life.pod.spec.activeDeadlineSeconds !== undefined,
  deadlineMs: (life) => (life.pod.spec.activeDeadlineSeconds ?? 0) * 1000,
  startMs: (life) => Date.parse(life.startTime ?? ''),
  resize: (life) => resizeOf(life).phase,
  resizeMessage: (life) => resizeOf(life).message,
  resizeSummary: (life) => resizeSummary(life),
  resizeNoted: (life) => life.resize.phase,
};
