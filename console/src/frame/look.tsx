/** Dark or light, and the language of antd's own words. */
import { App as AntApp, ConfigProvider, theme } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

const KEPT = 'jdos.theme';

/** antd's greys are paler than the 4.5 : 1 that small text needs (WCAG 1.4.3). */
function readable(dark: boolean) {
  return dark
    ? { colorTextPlaceholder: '#9a9a9a', colorTextDescription: '#a6a6a6', colorError: '#ff7875' }
    : {
        colorTextPlaceholder: '#6b6b6b',
        colorTextDescription: '#595959',
        // White text stands on it while a button is pointed at.
        colorPrimaryHover: '#0046b0',
        colorSuccess: '#237804',
        colorWarning: '#ad6800',
        colorError: '#cf1322',
      };
}

/** The same for what is chosen or pointed at: the primary colour is made for white text on it, not for black behind it. */
function componentsFor(dark: boolean) {
  if (!dark) return { Menu: { itemSelectedColor: '#0958d9' }, Tabs: { itemSelectedColor: '#0958d9' } };
  const pale = '#91caff';
  return {
    Menu: { itemSelectedColor: pale },
    Tabs: { itemSelectedColor: pale, itemHoverColor: pale },
    Radio: { colorPrimary: pale, colorPrimaryHover: pale, colorPrimaryActive: pale },
    Button: {
      defaultHoverColor: pale,
      defaultHoverBorderColor: pale,
      defaultActiveColor: pale,
      defaultActiveBorderColor: pale,
    },
  };
}

interface LookValue {
  readonly dark: boolean;
  readonly toggle: () => void;
}

const LookContext = createContext<LookValue>({ dark: false, toggle: () => {} });

export function useLook(): LookValue {
  return useContext(LookContext);
}

export function Look({ children }: { readonly children: ReactNode }) {
  const { i18n } = useTranslation();
  const [dark, setDark] = useState(firstDark);
  useEffect(() => {
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  }, [dark]);
  const value = useMemo(
    () => ({
      dark,
      toggle: () => {
        localStorage.setItem(KEPT, dark ? 'light' : 'dark');
        setDark(!dark);
      },
    }),
    [dark],
  );
  return (
    <LookContext value={value}>
      <ConfigProvider
        locale={i18n.language === 'en' ? enUS : zhCN}
        theme={{
          algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
          token: {
            colorPrimary: '#0958d9',
            colorLink: dark ? '#69b1ff' : '#0958d9',
            borderRadius: 4,
            ...readable(dark),
          },
          components: componentsFor(dark),
        }}
      >
        <AntApp>{children}</AntApp>
      </ConfigProvider>
    </LookContext>
  );
}

function firstDark(): boolean {
  const kept = localStorage.getItem(KEPT);
  return kept ? kept === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}
