/** How much of something is taken: a bar with the two numbers. */
import { Flex, Progress, Typography } from 'antd';
import { percent } from './amounts.ts';

interface ShareBarProps {
  readonly used: number | null;
  /** Null where nobody has said it yet. */
  readonly of: number | null;
  readonly show: (amount: number) => string;
  /** What it is a share of, for screen readers. */
  readonly label: string;
}

export function ShareBar({ used: asked, of: whole, show, label }: ShareBarProps) {
  const [used, of] = [asked ?? 0, whole ?? 0];
  const share = of > 0 ? used / of : 0;
  return (
    <Flex gap="small" align="center">
      <Progress
        percent={Math.min(100, share * 100)}
        showInfo={false}
        size={{ width: 56, height: 6 }}
        status={share > 0.95 ? 'exception' : 'normal'}
        aria-label={`${label} ${percent(share)}`}
      />
      <Typography.Text style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
        {show(used)} / {show(of)}
      </Typography.Text>
    </Flex>
  );
}
