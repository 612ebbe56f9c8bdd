import { BulbOutlined, GlobalOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Dropdown, Flex, Input, type InputRef, Layout } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type Me, useSession } from '../api/session.ts';
import { changeLanguage, currentLanguage } from '../words/index.ts';
import { useLook } from './look.tsx';

export function TopBar({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  const { dark, toggle } = useLook();
  const { signOut } = useSession();
  const other = currentLanguage() === 'zh' ? 'en' : 'zh';
  return (
    <Layout.Header className="top-bar">
      <GlobalSearch />
      <Flex gap="small" align="center">
        <Button
          type="text"
          icon={<GlobalOutlined />}
          onClick={() => void changeLanguage(other)}
          lang={other === 'zh' ? 'zh-CN' : 'en'}
        >
          {other === 'zh' ? '中文' : 'English'}
        </Button>
        <Button type="text" icon={<BulbOutlined />} onClick={toggle} aria-pressed={dark} aria-label={t('frame.dark')} />
        <Dropdown
          trigger={['click']}
          menu={{
            items: [{ key: 'out', label: t('frame.sign-out') }],
            onClick: () => void signOut(),
          }}
        >
          <Button type="text" icon={<UserOutlined />}>
            {me.name} · {t(`role.${me.role}`)}
          </Button>
        </Dropdown>
      </Flex>
    </Layout.Header>
  );
}

/** `/` from anywhere leads here; IPs, names and ids lead to the hosts or the containers. */
function GlobalSearch() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<InputRef>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]');
      if (event.key !== '/' || typing) return;
      event.preventDefault();
      input.current?.focus({ cursor: 'all' });
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
  return (
    <search>
      <Input.Search
        ref={input}
        allowClear
        aria-label={t('frame.search')}
        placeholder={t('frame.search')}
        onSearch={(text) => text.trim() && void navigate(`/search?q=${encodeURIComponent(text.trim())}`)}
        style={{ width: 320 }}
      />
    </search>
  );
}
