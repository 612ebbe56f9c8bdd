/** A state: colour always with an icon and a word. */
import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  ExclamationCircleOutlined,
  MinusCircleOutlined,
} from '@ant-design/icons';
import { Tag } from 'antd';

const ICONS = {
  good: <CheckCircleOutlined />,
  waiting: <ClockCircleOutlined />,
  uneasy: <ExclamationCircleOutlined />,
  bad: <CloseCircleOutlined />,
  still: <MinusCircleOutlined />,
} as const;

export type Mood = keyof typeof ICONS;

export function StateTag({ mood, children }: { readonly mood: Mood; readonly children: string }) {
  return (
    <Tag className={`state ${mood}`} icon={ICONS[mood]}>
      {children}
    </Tag>
  );
}
