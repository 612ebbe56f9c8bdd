/** Chinese first, English complete: both tables have the same keys, which the type checker sees to. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { zh } from './zh.ts';

export type Language = 'zh' | 'en';
export type Word = keyof typeof zh;

const KEPT = 'jdos.language';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Record<Word, string> };
    keySeparator: false;
  }
}

void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  resources: { zh: { translation: zh }, en: { translation: en } },
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
});
document.documentElement.lang = htmlLang(currentLanguage());

export function currentLanguage(): Language {
  return i18next.language === 'en' ? 'en' : 'zh';
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = htmlLang(language);
  await i18next.changeLanguage(language);
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT) ?? navigator.language;
  return kept.toLowerCase().startsWith('en') ? 'en' : 'zh';
}

function htmlLang(language: Language): string {
  return language === 'zh' ? 'zh-CN' : 'en';
}
