/** Who is not signed in sees the sign-in; who must choose a password does that; everybody else the pages. */
import { Spin } from 'antd';
import { lazy, Suspense } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import { useMe } from './api/session.ts';
import { Frame } from './frame/frame.tsx';
import { NewPassword } from './pages/sign-in/new-password.tsx';
import { SignIn } from './pages/sign-in/sign-in.tsx';

const Home = lazy(() => import('./pages/home/home.tsx'));
const Hosts = lazy(() => import('./pages/hosts/hosts.tsx'));
const Host = lazy(() => import('./pages/hosts/host.tsx'));
const Batch = lazy(() => import('./pages/batch/batch.tsx'));
const Job = lazy(() => import('./pages/batch/job.tsx'));
const Scheduling = lazy(() => import('./pages/scheduling/scheduling.tsx'));
const Budgets = lazy(() => import('./pages/settings/budgets.tsx'));
const Mail = lazy(() => import('./pages/settings/mail.tsx'));
const Lifecycle = lazy(() => import('./pages/lifecycle/lifecycle.tsx'));
const Pods = lazy(() => import('./pages/pods/pods.tsx'));
const Pod = lazy(() => import('./pages/pods/pod.tsx'));
const Applications = lazy(() => import('./pages/applications/applications.tsx'));
const Application = lazy(() => import('./pages/applications/application.tsx'));
const Release = lazy(() => import('./pages/releases/release.tsx'));
const Accounts = lazy(() => import('./pages/settings/accounts.tsx'));
const Audit = lazy(() => import('./pages/settings/audit.tsx'));
const Inspection = lazy(() => import('./pages/inspection/inspection.tsx'));
const InspectionTrend = lazy(() => import('./pages/inspection/trend.tsx'));
const InspectionDiff = lazy(() => import('./pages/inspection/diff.tsx'));
const Exemptions = lazy(() => import('./pages/inspection/exemptions.tsx'));
const Plans = lazy(() => import('./pages/inspection/plans.tsx'));
const InspectionRun = lazy(() => import('./pages/inspection/inspection-run.tsx'));
const Maintenance = lazy(() => import('./pages/maintenance/maintenance.tsx'));
const Operations = lazy(() => import('./pages/maintenance/operations.tsx'));
const Operation = lazy(() => import('./pages/maintenance/operation.tsx'));
const Sql = lazy(() => import('./pages/sql/sql.tsx'));
const Search = lazy(() => import('./pages/search/search.tsx'));
const NotFound = lazy(() => import('./pages/not-found.tsx'));

export function App() {
  const me = useMe();
  const { pathname, search, state } = useLocation();
  if (me === undefined) return <Spin fullscreen />;
  if (me === null) {
    if (pathname === '/sign-in') return <SignIn />;
    return <Navigate to="/sign-in" replace state={{ from: pathname + search }} />;
  }
  if (me.mustChangePassword) return <NewPassword />;
  if (pathname === '/sign-in') return <Navigate to={placeBefore(state)} replace />;
  return (
    <Frame me={me}>
      <Suspense fallback={<Spin />}>
        <Routes>
          <Route path="/" element={<Home />} />
          <Route path="/hosts" element={<Hosts />} />
          <Route path="/hosts/:name" element={<Host />} />
          <Route path="/batch" element={<Batch />} />
          <Route path="/batch/:id" element={<Job />} />
          <Route path="/scheduling" element={<Scheduling />} />
          <Route path="/settings/budgets" element={<Budgets />} />
          <Route path="/settings/mail" element={<Mail />} />
          <Route path="/lifecycle" element={<Lifecycle />} />
          <Route path="/applications" element={<Applications />} />
          <Route path="/applications/:kind/:namespace/:name" element={<Application />} />
          <Route path="/releases/:namespace/:name" element={<Release />} />
          <Route path="/pods" element={<Pods />} />
          <Route path="/pods/:namespace/:name" element={<Pod />} />
          <Route path="/inspection" element={<Inspection />} />
          <Route path="/inspection/trend" element={<InspectionTrend />} />
          <Route path="/inspection/diff" element={<InspectionDiff />} />
          <Route path="/inspection/exemptions" element={<Exemptions />} />
          <Route path="/inspection/plans" element={<Plans />} />
          <Route path="/inspection/:run" element={<InspectionRun />} />
          <Route path="/maintenance" element={<Maintenance />} />
          <Route path="/operations" element={<Operations />} />
          <Route path="/operations/:id" element={<Operation />} />
          <Route path="/sql" element={<Sql />} />
          <Route path="/search" element={<Search />} />
          <Route path="/settings/accounts" element={<Accounts />} />
          <Route path="/settings/audit" element={<Audit />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </Frame>
  );
}

/** Where somebody was when his session ended; never another site. */
function placeBefore(state: unknown): string {
  const from = (state as { from?: unknown } | null)?.from;
  return typeof from === 'string' && /^\/(?!\/)/.test(from) ? from : '/';
}
