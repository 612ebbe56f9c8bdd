/** Each Pod of a Group as a sign: its way from the old revision to the new one, in colour, sign and word. */
import { Flex, Tooltip, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { PART_SIGNS, type Picture, type PicturedPod, POD_PARTS } from '../api/applications.ts';

interface PodPictureProps {
  readonly namespace: string;
  readonly picture: Picture;
}

export function PodPicture({ namespace, picture: { counts, pods } }: PodPictureProps) {
  const { t } = useTranslation();
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <Flex gap="middle" wrap style={{ marginBottom: 12 }} role="status">
        {POD_PARTS.filter((part) => counts[part]).map((part) => (
          <span key={part} className={`pod-part ${part}`}>
            {PART_SIGNS[part]} {t(`part.${part}`)} {counts[part]}
          </span>
        ))}
      </Flex>
      <ul className="pod-picture">
        {pods.map((pod) => (
          <li key={pod.name}>
            <Tooltip title={<PodLine pod={pod} />}>
              <Link
                className={`pod-part ${pod.part}`}
                to={`/pods/${namespace}/${pod.name}`}
                aria-label={`${pod.name}: ${t(`part.${pod.part}`)}`}
              >
                {PART_SIGNS[pod.part]}
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      {all > pods.length && (
        <Typography.Text type="secondary">{t('part.first', { shown: pods.length, all })}</Typography.Text>
      )}
    </>
  );
}

function PodLine({ pod }: { readonly pod: PicturedPod }) {
  const facts = [pod.state, pod.reason, pod.revision, pod.ip, pod.host, pod.zone, pod.rack];
  return (
    <>
      {pod.name}
      <br />
      {facts.filter(Boolean).join(' · ')}
    </>
  );
}
