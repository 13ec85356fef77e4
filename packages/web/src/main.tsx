import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { enableHistorySync, NuqsAdapter } from 'nuqs/adapters/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiFailure } from './api/client.ts';
import { App } from './app.tsx';
import './styles/app.css';

/** Only what may be better next time is asked again. */
const mayRetry = (failures: number, error: unknown): boolean =>
  failures < 2 && error instanceof ApiFailure && error.code === 'unreachable';

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: mayRetry, refetchOnWindowFocus: false } },
});

// Links of the page change the address without nuqs knowing otherwise.
enableHistorySync();

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <NuqsAdapter>
        <App />
      </NuqsAdapter>
    </QueryClientProvider>
  </StrictMode>,
);
