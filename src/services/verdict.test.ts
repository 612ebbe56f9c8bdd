import { describe, expect, it } from 'vitest';
import { meta, START } from '../control/fixture.ts';
import { type core, type Node, type Pod, rfc3339 } from '../kube/index.ts';
import { PEER_REACHABLE } from '../resources/index.ts';
import { type Verdict, verdictOf } from './verdict.ts';

type Status = 'True' | 'False' | 'Unknown';
const MINUTE = 60_000;
const at = (ms: number) => rfc3339(START + ms);

function pod(ready: Status, more: { containers?: Status; gate?: Status; since?: number; leaving?: boolean } = {}): Pod {
  const lastTransitionTime = at(more.since ?? 10 * MINUTE);
  const conditions: core.PodCondition[] = [
    { type: 'Ready', status: ready, lastTransitionTime },
    { type: 'ContainersReady', status: more.containers ?? 'True', lastTransitionTime: at(0) },
    ...(more.gate ? [{ type: 'gate', status: more.gate, lastTransitionTime: at(0) }] : []),
  ];
  return {
    metadata: meta('web-0', more.leaving ? { deletionTimestamp: at(0) } : {}),
    spec: { nodeName: 'h1', containers: [], ...(more.gate && { readinessGates: [{ conditionType: 'gate' }] }) },
    status: { conditions },
  };
}

function node(ready: Status, more: { since?: number; peers?: Status; taint?: string } = {}): Node {
  const conditions: core.NodeCondition[] = [
    { type: 'Ready', status: ready, lastTransitionTime: at(more.since ?? 10 * MINUTE) },
    ...(more.peers ? [{ type: PEER_REACHABLE, status: more.peers }] : []),
  ];
  const taints = more.taint ? [{ key: more.taint, effect: 'NoExecute' }] : [];
  return { metadata: meta('h1'), spec: { taints }, status: { conditions } };
}

const judge = (one: Pod, host: Node | undefined, ms = 11 * MINUTE): Verdict => verdictOf(one, host, START + ms);

describe('verdictOf', () => {
  it.each<[string, Pod, Node, Verdict['kind']]>([
    ['a ready Pod serves', pod('True'), node('True'), 'Serving'],
    [
      'a ready Pod of a silent host serves, as long as nobody has said otherwise',
      pod('True'),
      node('Unknown'),
      'Serving',
    ],
    [
      'a Pod on its way out is just that, whatever its host',
      pod('False', { leaving: true }),
      node('Unknown'),
      'Terminating',
    ],
    ['a failed probe is the application', pod('False', { containers: 'False' }), node('True'), 'AppNotReady'],
    [
      'a failed probe stays the application when the host falls silent',
      pod('False', { containers: 'False' }),
      node('Unknown'),
      'AppNotReady',
    ],
    [
      'a closed gate is obeyed before the kubelet has heard of it',
      pod('True', { gate: 'False' }),
      node('True'),
      'AppNotReady',
    ],
    [
      'unready though all is well, on a silent host, is suspected',
      pod('False', { gate: 'True' }),
      node('Unknown'),
      'NodeSuspect',
    ],
    ['so it is when the host says of itself that it is unready', pod('False'), node('False'), 'NodeSuspect'],
    [
      'a host that has just come back is given time',
      pod('False'),
      node('True', { since: 10.5 * MINUTE }),
      'NodeSuspect',
    ],
    [
      'a gate that has just opened is not the fault of the host',
      pod('False', { since: 10.5 * MINUTE }),
      node('True'),
      'AppNotReady',
    ],
    [
      'E6 a host that is back for a minute without a word of its Pod is stuck',
      pod('False', { since: 9 * MINUTE }),
      node('True'),
      'NodeStuck',
    ],
  ])('%s', (_, one, host, kind) => expect(judge(one, host).kind).toBe(kind));

  it.each([
    ['peers that reach the host', node('Unknown', { peers: 'True' }), 'None'],
    ['peers that do not', node('Unknown', { peers: 'False' }), 'Peers'],
    ['a host that is no more', undefined, 'NodeGone'],
    ['a fenced host, though it claims to live', node('True', { taint: 'node.kubernetes.io/out-of-service' }), 'Fenced'],
  ])('takes as evidence %s', (_, host, evidence) => {
    expect(judge(pod('False'), host)).toMatchObject({ kind: 'NodeSuspect', since: START + 10 * MINUTE, evidence });
  });

  it('takes the last word of a Pod whose host is no more for what it is', () => {
    expect(judge(pod('True'), undefined)).toMatchObject({ kind: 'NodeSuspect', evidence: 'NodeGone' });
  });

  it('says when a host that is back will be called stuck', () => {
    expect(judge(pod('False'), node('True', { since: 10.5 * MINUTE }))).toMatchObject({
      stuckAt: START + 11.5 * MINUTE,
    });
  });
});
