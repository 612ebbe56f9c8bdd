import { describe, expect, it } from 'vitest';
import { addressAnnotations } from './driver.ts';

const claim = (ips?: string[], mac?: string) => ({
  metadata: { name: 'web-0' },
  spec: { ...(mac && { mac }) },
  status: { ...(ips && { ips }) },
});

describe('addressAnnotations', () => {
  it('N15 tells Calico the addresses as JSON', () => {
    expect(addressAnnotations('Calico', claim(['10.0.0.5', 'fd00::5'], '02:00:00:00:00:05'))).toEqual({
      'network.jdos.jd.com/ip-claim': 'web-0',
      'cni.projectcalico.org/ipAddrs': '["10.0.0.5","fd00::5"]',
      'cni.projectcalico.org/hwAddr': '02:00:00:00:00:05',
    });
  });

  it('tells Kube-OVN the addresses with commas', () => {
    expect(addressAnnotations('KubeOVN', claim(['10.0.0.5', 'fd00::5'], '02:00:00:00:00:05'))).toEqual({
      'network.jdos.jd.com/ip-claim': 'web-0',
      'ovn.kubernetes.io/ip_address': '10.0.0.5,fd00::5',
      'ovn.kubernetes.io/mac_address': '02:00:00:00:00:05',
    });
  });

  it('tells our plugin the claim, and nobody anything without a driver', () => {
    expect(addressAnnotations('JDOS', claim(['10.0.0.5']))).toEqual({ 'network.jdos.jd.com/ip-claim': 'web-0' });
    expect(addressAnnotations('None', claim())).toEqual({});
  });

  it('has nothing to tell before there are addresses', () => {
    for (const driver of ['JDOS', 'Calico', 'KubeOVN'] as const)
      expect(addressAnnotations(driver, claim())).toBeUndefined();
  });
});
