import { expect, test } from 'vitest';
import { dangerOf } from './danger.ts';
import { masked } from './secrets.ts';
import { hostSelector } from './select.ts';

test.each([
  [['curl', '-H', 'Authorization: Bearer abc.def', 'https://x'], 'abc.def'],
  [['login', '--token=s3cret'], 's3cret'],
  [['login', '--token', 's3cret'], 's3cret'],
  [['sh', '-c', 'MYSQL_PASSWORD=s3cret mysql'], 's3cret'],
  [['psql', 'postgres://me:s3cret@db/x'], 's3cret'],
  [['curl', '-d', '{"password": "s3cret"}'], 's3cret'],
  [['aws', '--secret-access-key', 's3cret'], 's3cret'],
])('F7 %j is shown without its secret', (command, secret) => {
  expect(masked(command)).not.toContain(secret);
  expect(masked(command)).toContain('********');
});

test('what is no secret is shown as it is', () => {
  const command = ['sh', '-c', 'df -h / | tail -1; ls --author=me'];
  expect(masked(['df', '-h', '/export'])).toBe('df -h /export');
  expect(masked(command)).toContain('df -h / | tail -1');
});

test.each([
  'rm -rf /',
  'rm -rf /*',
  'rm -fr /var',
  'mkfs.ext4 /dev/sda',
  'dd if=/dev/zero of=/dev/sda',
  'reboot',
  'iptables -F',
  'nft flush ruleset',
  'echo x > /dev/sda1',
  ':() { :|:& };:',
  'shutdown -h now',
  'kill -9 -1',
  'chmod -R 777 /',
])('%s is dangerous', (line) => {
  expect(dangerOf([line])).toBeDefined();
  expect(dangerOf(line.split(' '))).toBeDefined();
});

test.each([
  'rm -rf /tmp/x',
  'ls /',
  'df -h',
  'cat /var/log/syslog',
  'rm -f /var/lib/x/lock',
  'dd if=/dev/zero of=/tmp/x',
  'iptables -L',
  'kill 1234',
  'echo reboots',
])('%s is not', (line) => {
  expect(dangerOf([line])).toBeUndefined();
});

test('host labels go by their short names', () => {
  expect(hostSelector('zone=gz-1,status=ready,!rack=r12')).toBe(
    'jdos.jd.com/zone=gz-1,jdos.jd.com/status=ready,jdos.jd.com/rack!=r12',
  );
  expect(hostSelector('disk.type in (ssd,nvme),!net.pod,pool=a')).toBe(
    'jdos.jd.com/disk.type in (ssd,nvme),!jdos.jd.com/net.pod,pool=a',
  );
});
