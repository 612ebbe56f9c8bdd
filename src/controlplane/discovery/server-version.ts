/** `/version`: which Kubernetes this control plane speaks like. */
import { factsVersion } from '../schema/index.ts';

/** `meta/v1` version.Info; the git version carries `+jdos` so that nobody takes this for a stock kube-apiserver. */
export function serverVersion() {
  const gitVersion = `${factsVersion()}+jdos`;
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'v8',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
