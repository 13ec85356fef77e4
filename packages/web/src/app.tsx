/** The frame of every page: header, the page of the path, footer. */
import { lazy, Suspense, useEffect } from 'react';
import { useOverview } from './api/queries.ts';
import { DashboardPage } from './dashboard/page.tsx';
import { FindingsPage } from './findings/page.tsx';
import { Footer } from './footer.tsx';
import { GroupPage } from './groups/group-page.tsx';
import { GroupsPage } from './groups/page.tsx';
import { Header } from './header.tsx';
import { Link, usePath } from './router.tsx';
import { EmptyNote, ErrorNote, SkeletonRows } from './ui/notes.tsx';

/** A chunk of its own: most look at traffic first. */
const TightenPage = lazy(() => import('./tighten/page.tsx').then((module) => ({ default: module.TightenPage })));
const TightenGroupPage = lazy(() =>
  import('./tighten/group-page.tsx').then((module) => ({ default: module.TightenGroupPage })),
);

const pageOf = (path: string) => {
  const [first = '', second] = path.split('/').filter((part) => part !== '');
  if (first === '') return { title: 'Dashboard', page: <DashboardPage /> };
  if (first === 'groups' && second !== undefined) {
    const id = decodeURIComponent(second);
    return { title: id, page: <GroupPage key={id} id={id} /> };
  }
  if (first === 'groups') return { title: 'Security groups', page: <GroupsPage /> };
  if (first === 'tighten' && second !== undefined) {
    const id = decodeURIComponent(second);
    return { title: `Tighten ${id}`, page: <TightenGroupPage key={id} id={id} /> };
  }
  if (first === 'tighten') return { title: 'Tighten', page: <TightenPage /> };
  if (first === 'findings') return { title: 'Findings', page: <FindingsPage /> };
  return { title: 'Not found', page: <NotFound /> };
};

export const App = () => {
  const { title, page } = pageOf(usePath());
  const { error, data, refetch } = useOverview();
  useEffect(() => {
    document.title = `${title} · Flowfit`;
  }, [title]);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded focus:bg-raised focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <Header />
      <main id="main" className="mx-auto flex w-full max-w-[160rem] flex-1 flex-col px-3 pb-6 sm:px-5">
        <h1 className="sr-only">{title}</h1>
        {error && data === undefined ? (
          <ErrorNote error={error} onRetry={() => void refetch()} />
        ) : (
          <Suspense fallback={<SkeletonRows rows={14} height={44} />}>{page}</Suspense>
        )}
      </main>
      <Footer />
    </div>
  );
};

const NotFound = () => (
  <EmptyNote title="There is no such page">
    <Link href="/" className="text-accent underline underline-offset-2">
      Go to the dashboard
    </Link>
  </EmptyNote>
);
