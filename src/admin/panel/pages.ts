import type { FunctionComponent } from 'preact';
import type { Permission } from './api-types.ts';
import { Dashboard } from './pages/dashboard.tsx';
import { Queues } from './pages/queues.tsx';
import { Report } from './pages/report.tsx';
import { Reports } from './pages/reports.tsx';
import { Today } from './pages/today.tsx';
import { t } from './texts.ts';

/** A page of the panel: who has the permission sees it. */
export type Page = {
  path: string;
  title: string;
  permission: Permission;
  /** The rest of the path is what is shown. */
  hasParts?: boolean;
  view: FunctionComponent<{ part: string }>;
};

/** Every page, in the order of the menu; those with parts are reached from others. */
export const PAGES: readonly Page[] = [
  { path: '/', title: t.nav.dashboard, permission: 'dashboard:read', view: Dashboard },
  { path: '/hoy', title: t.nav.today, permission: 'agenda:read', view: Today },
  { path: '/reportes', title: t.nav.reports, permission: 'reports:read', view: Reports },
  { path: '/reportes/', title: t.nav.reports, permission: 'reports:read', hasParts: true, view: Report },
  { path: '/colas', title: t.nav.queues, permission: 'jobs:read', view: Queues },
];

/** The page at a path. */
export const pageAt = (path: string): Page | undefined =>
  PAGES.find((page) => (page.hasParts ? path.startsWith(page.path) : path === page.path));
