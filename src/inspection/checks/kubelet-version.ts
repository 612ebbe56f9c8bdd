import { type Check, found } from '../check.ts';
import { Unreadable } from '../facts.ts';
import { like, listOf } from '../reading.ts';

export const kubeletVersion: Check = {
  id: 'kubelet.version',
  name: { zh: 'kubelet版本检查', en: 'kubelet version' },
  remedy: {
    zh: '按池基线升级或回退 kubelet;kubelet 不得新于 apiserver，且不落后超过 3 个小版本。',
    en: 'Bring the kubelet to the baseline of its pool; it may not be newer than the API server nor more than 3 minors older.',
  },
  findings: {
    healthy: { zh: '{version}', en: '{version}' },
    newer: { zh: '{version} 新于 apiserver {apiserver}', en: '{version} is newer than the API server’s {apiserver}' },
    older: {
      zh: '{version} 比 apiserver {apiserver} 落后超过 3 个小版本',
      en: '{version} is more than 3 minors older than the API server’s {apiserver}',
    },
    notAllowed: { zh: '{version} 不在允许列表中', en: '{version} is not on the allow list' },
    differs: { zh: '{version} 与同池多数 {usual} 不同', en: '{version} differs from the pool’s {usual}' },
  },
  limits: { minors: 3 },
  words: { allow: '' },
  judge({ subject, words, limits }) {
    const { node, apiserver, pool } = subject;
    if (!node) throw new Unreadable('node', 'the host is no Node of the cluster');
    const version = node.kubelet;
    const own = parse(version);
    const api = apiserver === undefined ? undefined : parse(apiserver);
    if (api && apiserver !== undefined) {
      if (compare(own, api) > 0) return found('error', 'newer', { version, apiserver });
      if (own.major < api.major || own.minor < api.minor - limits.minors!)
        return found('error', 'older', { version, apiserver });
    }
    const allow = listOf(words.allow);
    if (allow.length > 0 && !allow.some((pattern) => like(pattern, version)))
      return found('alarm', 'notAllowed', { version });
    const usual = pool?.kubelet;
    return usual !== undefined && usual !== version
      ? found('warn', 'differs', { version, usual })
      : found('info', 'healthy', { version });
  },
};

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** `v1.6.2-93`: what follows the dash is a build, not an age. */
function parse(text: string): Version {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text);
  if (!match) throw new Unreadable('node', 'a version has the form v1.2.3', text);
  const [major, minor, patch] = match.slice(1).map(Number);
  return { major: major!, minor: minor!, patch: patch! };
}

function compare(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}
