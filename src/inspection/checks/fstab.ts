import { type Check, type Finding, found } from '../check.ts';
import { worstOf } from '../level.ts';
import { type Mount, mountsOf, unescaped } from '../reading.ts';

interface Entry {
  readonly state: string;
  readonly source: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

export const fstab: Check = {
  id: 'fstab',
  name: { zh: 'fstab检查', en: 'fstab' },
  remedy: {
    zh: '先备份 /etc/fstab；改用 UUID，数据盘加 nofail;findmnt --verify 通过后再重启。',
    en: 'Keep a copy of /etc/fstab; name disks by UUID and data disks with nofail; reboot only when findmnt --verify is content.',
  },
  findings: {
    healthy: { zh: '{count} 项均正常', en: '{count} entries, all well' },
    hangs: {
      zh: '{source} 不存在且无 nofail，重启会挂起',
      en: '{source} is not there and has no nofail: a reboot would hang',
    },
    missing: { zh: '{source} 不存在（nofail）', en: '{source} is not there (nofail)' },
    notMounted: { zh: '{point} 未挂载', en: '{point} is not mounted' },
    unlisted: { zh: '{point} 已挂载但不在 fstab 中', en: '{point} is mounted but not in fstab' },
    device: { zh: '{source} 使用易变的设备名', en: '{source} is a name that may change' },
    swap: { zh: '含 swap 项', en: 'there is a swap entry' },
    options: { zh: '{point} 的读写选项与 fstab 不同', en: '{point} is mounted with other options than fstab has' },
  },
  limits: {},
  words: { path: '/export' },
  judge(context) {
    const { facts, words } = context;
    const entries = facts.absent('fstab')
      ? []
      : facts
          .lines('fstab')
          .filter((line) => line !== 'read')
          .map(entryOf);
    const mounts = new Map(mountsOf(facts).map((mount) => [mount.point, mount]));
    const listed = entries.some((entry) => entry.point === words.path);
    const unlisted = mounts.has(words.path!) && !listed ? [found('alarm', 'unlisted', { point: words.path! })] : [];
    const findings = entries.flatMap((entry) => ofEntry(entry, mounts));
    return worstOf([...findings, ...unlisted, found('info', 'healthy', { count: entries.length })])!;
  },
};

function entryOf(line: string): Entry {
  const [state = '', source = '', point = '', type = '', options = ''] = line.split(' ');
  return { state, source, point: unescaped(point), type, options: options.split(',') };
}

function ofEntry(entry: Entry, mounts: ReadonlyMap<string, Mount>): Finding[] {
  const { source, point, state, options } = entry;
  const optional = options.includes('noauto');
  if (state === 'missing' && !optional) {
    return options.includes('nofail') ? [found('alarm', 'missing', { source })] : [found('error', 'hangs', { source })];
  }
  if (entry.type === 'swap') return [found('warn', 'swap')];
  const mount = mounts.get(point);
  const mountable = point.startsWith('/') && !optional;
  if (mountable && !mount) return [found('alarm', 'notMounted', { point })];
  return [
    ...(/^\/dev\/(sd|vd|xvd|hd)[a-z]/.test(source) ? [found('warn', 'device', { source })] : []),
    ...(mount && options.includes('ro') !== mount.options.includes('ro') ? [found('warn', 'options', { point })] : []),
  ];
}
