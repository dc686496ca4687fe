import { useEffect, useRef, useState } from 'preact/hooks';
import { useClinic } from './clinic.ts';
import { switchLanguage } from './language.ts';
import { NoticeContext } from './notice.ts';
import { pageAt, PAGES } from './pages.ts';
import { useRoute } from './route.ts';
import { t } from './texts.ts';

/** What is around every page: the menu of what this person may open, and what was last done. */
export function Shell({ signOut }: { signOut: () => void }) {
  const { user, name, may } = useClinic();
  const { path } = useRoute();
  const [notice, setNotice] = useState('');
  const main = useRef<HTMLElement>(null);
  const page = pageAt(path);
  const isAllowed = page !== undefined && may(page.permission);

  useEffect(() => {
    document.title = `${page?.title ?? t.title} · ${name}`;
    setNotice('');
    main.current?.focus();
  }, [path]);

  const entries = PAGES.filter(({ hasParts, permission }) => !hasParts && may(permission));
  const isHere = (to: string) => (to === '/' ? path === '/' : path.startsWith(to));
  return (
    <>
      <a
        class="skip"
        href={`#${path}`}
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t.skip}
      </a>
      <header class="top">
        <strong class="brand">{name}</strong>
        <nav aria-label={t.menu}>
          {entries.map(({ path: to, title }) => (
            <a key={to} href={`#${to}`} aria-current={isHere(to) ? 'page' : undefined}>
              {title}
            </a>
          ))}
          {may('jobs:read') && <a href="/swagger">{t.nav.docs}</a>}
        </nav>
        <div class="who">
          <span>{user.full_name}</span>
          <button type="button" class="plain" onClick={switchLanguage}>
            {t.language}
          </button>
          <button type="button" class="plain" onClick={signOut}>
            {t.signOut}
          </button>
        </div>
      </header>
      <main ref={main} tabIndex={-1}>
        <p role="status" class="notice">
          {notice}
        </p>
        <NoticeContext.Provider value={setNotice}>
          {isAllowed ? <page.view key={path} part={path.slice(page.path.length)} /> : <p>{t.nowhere}</p>}
        </NoticeContext.Provider>
      </main>
    </>
  );
}
