import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { Problem, ServerAway } from './api/problem.ts';
import { App } from './app.tsx';
import { Look } from './frame/look.tsx';
import './style.css';
import './words/index.ts';

/** A refusal is an answer and is not asked again; a failure is, a few times; silence is until the server is back. */
const MOST_TRIES = 3;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => error instanceof ServerAway || (isPassing(error) && count < MOST_TRIES),
      retryDelay: (attempt) => Math.min(1000 * 2 ** attempt, 15_000),
      refetchOnWindowFocus: (query) => !(query.state.error instanceof Problem),
      staleTime: 5_000,
    },
  },
});

/** The fault is the server's and may be over in a moment. */
function isPassing(error: unknown): boolean {
  return error instanceof Problem && error.status >= 500;
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Look>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </Look>
    </QueryClientProvider>
  </StrictMode>,
);
