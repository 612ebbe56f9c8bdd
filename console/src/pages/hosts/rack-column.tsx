import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Rack, RackedHost } from '../../api/hosts.ts';
import type { Level } from '../../api/inspection.ts';
import { percent } from '../../parts/amounts.ts';
import { isStatus } from './host-status.tsx';
import { type Colour, type Mark, markOfLevel, markOfState, SIGNS, STEPS, shareOf, stepOf } from './rack-colour.ts';

interface RackColumnProps {
  readonly rack: Rack;
  readonly levels: Readonly<Record<string, Level>>;
  readonly colour: Colour;
}

/** The first host stands at the bottom, as in a room. */
export function RackColumn({ rack, levels, colour }: RackColumnProps) {
  const { t } = useTranslation();
  const name = rack.rack || t('racks.unnamed');
  return (
    <figure className="rack" aria-label={`${rack.zone} ${name}`}>
      <figcaption>
        <span>{rack.zone}</span> <strong>{name}</strong>
      </figcaption>
      <ul>
        {rack.hosts.toReversed().map((host) => (
          <li key={host.name}>
            <Place host={host} level={levels[host.name]} colour={colour} prefix={commonPrefix(rack)} />
          </li>
        ))}
      </ul>
    </figure>
  );
}

interface PlaceProps {
  readonly host: RackedHost;
  readonly level: Level | undefined;
  readonly colour: Colour;
  readonly prefix: string;
}

function Place({ host, level, colour, prefix }: PlaceProps) {
  const words = useWords(host, level);
  const { mark, sign } = lookOf(host, level, colour);
  return (
    <Tooltip title={words.join(' · ')} mouseEnterDelay={0.3}>
      <Link to={`/hosts/${host.name}`} className={`place ${mark}`}>
        <span>{host.name.slice(prefix.length) || host.name}</span>
        <span>{sign}</span>
        <span className="unseen">{words.join(', ')}</span>
      </Link>
    </Tooltip>
  );
}

function lookOf(host: RackedHost, level: Level | undefined, colour: Colour): { mark: string; sign: string } {
  if (colour === 'state' || colour === 'level') {
    const mark = colour === 'state' ? markOfState(host) : markOfLevel(level);
    return { mark, sign: SIGNS[mark] };
  }
  const share = shareOf(host, colour);
  return { mark: `heat${stepOf(share)}`, sign: `${Math.round(100 * share)}%` };
}

function useWords(host: RackedHost, level: Level | undefined): string[] {
  const { t } = useTranslation();
  return [
    host.name,
    t(host.ready ? 'host.ready' : 'host.not-ready'),
    ...(host.cordoned ? [t('host.cordoned')] : []),
    ...(isStatus(host.status) && host.status !== 'ready' ? [t(`status.${host.status}`)] : []),
    ...(level ? [t(`level.${level}`)] : []),
    `CPU ${percent(host.cpuShare)}`,
    `${t('racks.colour.memory')} ${percent(host.memoryShare)}`,
    `${t('host.pods')} ${percent(host.podShare)}`,
  ];
}

/** What all names of a rack begin with says nothing within it. */
function commonPrefix({ hosts }: Rack): string {
  const first = hosts[0]?.name ?? '';
  const last = hosts.at(-1)?.name ?? '';
  if (hosts.length < 2) return '';
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, Math.max(first.lastIndexOf('-', length - 1) + 1, 0));
}

export function Legend({ colour }: { readonly colour: Colour }) {
  const { t } = useTranslation();
  const entry = (mark: string, sign: string, text: string) => (
    <li key={mark}>
      <span className={`place ${mark}`} aria-hidden>
        {sign}
      </span>{' '}
      {text}
    </li>
  );
  const marks: Record<'state' | 'level', readonly (readonly [Mark, string])[]> = {
    state: [
      ['good', t('host.ready')],
      ['waiting', t('status.maintenance')],
      ['uneasy', `${t('host.cordoned')} / ${t('status.suspect')}`],
      ['bad', t('host.not-ready')],
    ],
    level: [
      ['good', t('racks.healthy')],
      ['uneasy', t('level.warn')],
      ['bad', `${t('level.alarm')} / ${t('level.error')}`],
      ['still', t('level.unknown')],
    ],
  };
  const ends = STEPS.map((end, i) => (i === STEPS.length - 1 ? '≥ 90%' : `< ${percent(end)}`));
  return (
    <ul className="legend" aria-label={t('racks.legend')}>
      {colour === 'state' || colour === 'level'
        ? marks[colour].map(([mark, text]) => entry(mark, SIGNS[mark], text))
        : ends.map((text, i) => entry(`heat${i}`, '', text))}
    </ul>
  );
}
