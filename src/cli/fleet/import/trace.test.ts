import { describe, expect, it } from 'vitest';
import { parseCsv } from './csv.ts';
import { HOST_COLUMNS, readHosts } from './trace-host.ts';
import { POD_COLUMNS, readPods } from './trace-pod.ts';

const hosts = (lines: string) =>
  readHosts(parseCsv(`sn,cpu_milli,memory_mib,gpu,model\n${lines}`, 'h.csv', HOST_COLUMNS));
const HEAD = 'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos';
const pods = (lines: string, head = HEAD) => readPods(parseCsv(`${head}\n${lines}`, 'p.csv', POD_COLUMNS), 'trace');

describe('a host of a trace', () => {
  it('is a Node that the fleet adopts, with its cards whole and in thousandths', () => {
    const [node] = hosts('h1,64000,262144,2,P100');
    expect(node!.metadata.labels).toMatchObject({
      'fleet.jdos.jd.com/simulated': 'true',
      'jdos.jd.com/gpu.model': 'P100',
      'kubernetes.io/hostname': 'h1',
    });
    expect(node!.status!.allocatable).toEqual({
      cpu: '64000m',
      memory: '262144Mi',
      pods: '256',
      'nvidia.com/gpu': '2',
      'jdos.jd.com/gpu-milli': '2000',
    });
  });

  it('without cards offers none and has no model', () => {
    const [node] = hosts('h1,64000,262144,0,');
    expect(Object.keys(node!.status!.capacity!)).toEqual(['cpu', 'memory', 'pods']);
    expect(node!.metadata.labels).not.toHaveProperty(['jdos.jd.com/gpu.model']);
  });
});

describe('a Pod of a trace', () => {
  const resources = (line: string) => pods(line)[0]!.spec.containers[0]!.resources;

  it('asks for CPU and memory, and may use more', () => {
    expect(resources('p,8000,30517,0,0,,BE')).toEqual({ requests: { cpu: '8000m', memory: '30517Mi' } });
  });

  it('that takes whole cards asks for cards and for their thousandths', () => {
    const gpu = { 'nvidia.com/gpu': '8', 'jdos.jd.com/gpu-milli': '8000' };
    expect(resources('p,1,1,8,1000,,LS')).toEqual({ requests: { cpu: '1m', memory: '1Mi', ...gpu }, limits: gpu });
  });

  it('that shares a card asks for thousandths only', () => {
    expect(resources('p,1,1,1,460,,LS')!.limits).toEqual({ 'jdos.jd.com/gpu-milli': '460' });
  });

  it('of the Guaranteed class has its requests as limits', () => {
    const { requests, limits } = resources('p,1,1,0,0,,Guaranteed')!;
    expect(limits).toEqual(requests);
  });

  it('that wants certain models of card gets hosts with these only', () => {
    const [pod] = pods('p,1,1,1,1000,V100M16|V100M32,LS');
    const term =
      pod!.spec.affinity!.nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.nodeSelectorTerms[0]!;
    expect(term.matchExpressions).toEqual([
      { key: 'jdos.jd.com/gpu.model', operator: 'In', values: ['V100M16', 'V100M32'] },
    ]);
  });

  it('may come from a file without gpu_spec and qos', () => {
    const [pod] = pods('p,1,1,1,460', 'name,cpu_milli,memory_mib,num_gpu,gpu_milli');
    expect(pod!.metadata).toEqual({ name: 'p', namespace: 'trace', labels: { 'fleet.jdos.jd.com/imported': 'true' } });
    expect(pod!.spec.affinity).toBeUndefined();
  });

  it('with an impossible share is refused', () => {
    expect(() => pods('p,1,1,1,1200,,LS')).toThrow('line 2: expected 1 to 1000 in gpu_milli, found 1200');
    expect(() => pods('p,1,1,1,0,,LS')).toThrow('expected 1 to 1000');
  });
});
