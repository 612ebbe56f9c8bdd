import { describe, expect, it } from 'vitest';
import { hostPorts, UsedPorts } from './host-port.ts';

const port = (port: number, ip = '0.0.0.0', protocol = 'TCP') => ({ ip, protocol, port });

describe('hostPorts', () => {
  it('are the ports that containers and sidecars claim on the host', () => {
    const claim = (hostPort: number) => ({ containerPort: 80, hostPort });
    const spec = {
      containers: [{ name: 'a', ports: [claim(8080), { containerPort: 81 }] }],
      initContainers: [
        { name: 'i', ports: [claim(1)] },
        { name: 's', restartPolicy: 'Always', ports: [{ ...claim(2), protocol: 'UDP', hostIP: '10.0.0.1' }] },
      ],
    };
    expect(hostPorts(spec)).toEqual([port(8080), port(2, '10.0.0.1', 'UDP')]);
  });

  it('are all ports on the network of the host', () => {
    const containers = [{ name: 'a', ports: [{ containerPort: 80 }] }];
    expect(hostPorts({ hostNetwork: true, containers })).toEqual([port(80)]);
  });
});

describe('UsedPorts', () => {
  it.each([
    [port(80), port(80), true],
    [port(80), port(81), false],
    [port(80), port(80, '0.0.0.0', 'UDP'), false],
    [port(80, '10.0.0.1'), port(80, '10.0.0.2'), false],
    [port(80, '10.0.0.1'), port(80, '10.0.0.1'), true],
    [port(80, '10.0.0.1'), port(80), true],
    [port(80), port(80, '10.0.0.1'), true],
    [port(80, '10.0.0.1', 'UDP'), port(80), false],
  ])('%j against %j: %s', (used, wanted, expected) => {
    const ports = new UsedPorts();
    ports.add([used], 1);
    expect(ports.conflictsWith([wanted])).toBe(expected);
  });

  it('frees a port when the last of its holders is gone', () => {
    const ports = new UsedPorts();
    ports.add([port(80), port(80)], 1);
    ports.add([port(80)], -1);
    expect(ports.conflictsWith([port(80)])).toBe(true);
    ports.add([port(80)], -1);
    expect(ports.conflictsWith([port(80)])).toBe(false);
  });
});
