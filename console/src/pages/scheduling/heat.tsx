/** Every host as a place, rack by rack, coloured by how much of it is asked for. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Typography } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { get } from '../../api/client.ts';
import type { AllRacks, Rack, RackedHost } from '../../api/hosts.ts';
import { percent } from '../../parts/amounts.ts';
import { HeatMap } from '../../parts/heat-map.tsx';
import { Told } from '../../parts/told.tsx';
import { shareOf } from '../hosts/rack-colour.ts';

interface HeatProps {
  readonly colour: 'cpu' | 'memory' | 'pods';
}

export default function Heat({ colour }: HeatProps) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['racks', 'all'],
    queryFn: ({ signal }) => get<AllRacks>('/racks/all', signal),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  return (
    <Told query={query} empty={t('racks.none')} isEmpty={({ items }) => items.length === 0}>
      {({ items }) => <Picture racks={items} colour={colour} />}
    </Told>
  );
}

function Picture({ racks, colour }: HeatProps & { readonly racks: readonly Rack[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const hosts = useMemo(() => racks.flatMap(({ hosts: own }) => own), [racks]);
  const option = useMemo(
    () => optionOf(racks, hosts, colour, t('scheduling.heat.position')),
    [racks, hosts, colour, t],
  );
  const shares = hosts.map((host) => shareOf(host, colour));
  const words = t('scheduling.heat.words', {
    hosts: hosts.length,
    mean: percent(shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length)),
    full: shares.filter((share) => share >= 0.9).length,
    idle: shares.filter((share) => share < 0.25).length,
  });
  return (
    <>
      <Typography.Paragraph type="secondary">{words}</Typography.Paragraph>
      <HeatMap
        option={option}
        height={360}
        description={`${t('scheduling.heat')}: ${words}`}
        onChoose={(index) => hosts[index] && void navigate(`/hosts/${hosts[index].name}`)}
      />
    </>
  );
}

function optionOf(racks: readonly Rack[], hosts: readonly RackedHost[], colour: HeatProps['colour'], places: string) {
  const names = racks.map(({ zone, rack }) => (rack === '' ? zone : `${zone} ${rack}`));
  const highest = Math.max(1, ...racks.map(({ hosts: own }) => own.length));
  return {
    grid: { left: 8, right: 8, top: 8, bottom: 56, containLabel: true },
    tooltip: {
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const host = hosts[dataIndex];
        return host ? `${escaped(host.name)}<br>${percent(shareOf(host, colour))}` : '';
      },
    },
    xAxis: { type: 'category', data: names, splitArea: { show: true } },
    yAxis: { type: 'category', name: places, data: Array.from({ length: highest }, (_, i) => String(i + 1)) },
    visualMap: {
      type: 'continuous',
      min: 0,
      max: 100,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      text: ['100%', '0%'],
      inRange: { color: ['#edf4fd', '#8fbef5', '#1f62b8', '#a8071a'] },
    },
    series: [
      {
        type: 'heatmap',
        data: racks.flatMap(({ hosts: own }, x) =>
          own.map((host, y) => [x, y, Math.round(100 * Math.min(1, shareOf(host, colour)))]),
        ),
        itemStyle: { borderWidth: 1, borderColor: 'rgba(127,127,127,0.35)' },
        label: { show: hosts.length <= 200, formatter: ({ value }: { value: number[] }) => `${value[2]}` },
      },
    ],
  };
}

/** ECharts takes what it shows in a tooltip as HTML. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
