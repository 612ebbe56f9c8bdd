/** The pages of one part of the console, side by side under its heading. */
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';

export interface SubPage {
  readonly to: string;
  readonly label: string;
}

export function SubPages({ pages }: { readonly pages: readonly SubPage[] }) {
  const { t } = useTranslation();
  return (
    <nav className="sub-pages" aria-label={t('frame.sub-pages')}>
      {pages.map(({ to, label }) => (
        <NavLink key={to} to={to} end>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
