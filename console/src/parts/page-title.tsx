/** The heading of a page, with what may be done there beside it. */
import { Flex, Typography } from 'antd';
import type { ReactNode } from 'react';

interface PageTitleProps {
  readonly title: ReactNode;
  readonly children?: ReactNode;
}

export function PageTitle({ title, children }: PageTitleProps) {
  return (
    <Flex justify="space-between" align="center" wrap gap="small" style={{ marginBottom: 16 }}>
      <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
        {title}
      </Typography.Title>
      <Flex gap="small" align="center" wrap>
        {children}
      </Flex>
    </Flex>
  );
}
