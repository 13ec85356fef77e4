/** Where one is, where one can go, and light or dark. */
import { useIsFetching } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useFindings, useOverview } from './api/queries.ts';
import { Link, usePath } from './router.tsx';
import { ALL, NO_WINDOW, resolveRange } from './state/range.ts';
import { useScope } from './state/scope.ts';
import { type Theme, useTheme } from './state/theme.ts';
import { IconButton } from './ui/button.tsx';
import type { IconName } from './ui/icon.tsx';

const PAGES = [
  { href: '/', label: 'Dashboard', short: 'Dashboard' },
  { href: '/groups', label: 'Security groups', short: 'Groups' },
  { href: '/findings', label: 'Findings', short: 'Findings' },
  { href: '/tighten', label: 'Tighten', short: 'Tighten' },
] as const;

const isCurrent = (path: string, href: string): boolean => (href === '/' ? path === '/' : path.startsWith(href));

export const Header = () => {
  const path = usePath();
  return (
    <header className="border-b border-line bg-panel">
      <div className="mx-auto flex h-12 max-w-[160rem] items-center gap-2 px-3 sm:gap-6 sm:px-5">
        <Link href="/" className="flex items-center gap-2 font-semibold tracking-tight" aria-label="Flowfit">
          <img src="/icon.svg" alt="" width={22} height={22} />
          <span className="hidden sm:inline">Flowfit</span>
        </Link>
        <nav aria-label="Pages" className="flex h-full min-w-0 flex-1 gap-1">
          {PAGES.map(({ href, label, short }) => (
            <Link
              key={href}
              href={href}
              aria-current={isCurrent(path, href) ? 'page' : undefined}
              className="relative flex items-center gap-1.5 px-1 text-sm text-soft sm:px-2 hover:text-ink aria-[current]:font-medium aria-[current]:text-ink aria-[current]:after:absolute aria-[current]:after:inset-x-1 sm:aria-[current]:after:inset-x-2 aria-[current]:after:bottom-0 aria-[current]:after:h-0.5 aria-[current]:after:rounded-full aria-[current]:after:bg-accent"
            >
              <span className="hidden sm:inline">{label}</span>
              <span className="sm:hidden">{short}</span>
              {href === '/findings' && <OpenFindings />}
            </Link>
          ))}
        </nav>
        <ThemeButton />
      </div>
    </header>
  );
};

/** Whether the page has once loaded all it asked for: the badge must not hold up what people look at. */
const useCalm = (): boolean => {
  const isReady = useOverview().data !== undefined;
  const fetching = useIsFetching();
  const [calm, setCalm] = useState(false);
  useEffect(() => {
    if (!isReady || fetching > 0) return;
    const timer = setTimeout(() => setCalm(true), 300);
    return () => clearTimeout(timer);
  }, [isReady, fetching]);
  return calm;
};

/** How many wait for a decision, over all there is: whatever the page looks at just now. */
const OpenFindings = () => {
  const { bounds } = useScope(ALL);
  const { data } = useFindings(bounds === null ? NO_WINDOW : resolveRange(ALL, bounds), useCalm());
  const open = data?.findings.filter(({ dismissed }) => dismissed === null).length ?? 0;
  return (
    <span
      className={`num min-w-6 rounded-full bg-sunken px-1.5 text-center text-xs text-soft ${open === 0 ? 'invisible' : ''}`}
    >
      {open > 999 ? '999+' : open}
      <span className="sr-only"> open</span>
    </span>
  );
};

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICON: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' };

const ThemeButton = () => {
  const [theme, setTheme] = useTheme();
  return <IconButton icon={THEME_ICON[theme]} label={`Theme: ${theme}`} onClick={() => setTheme(NEXT[theme])} />;
};
