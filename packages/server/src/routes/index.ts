/** Every route below /api/v1. A new one is a file here and a line in this list. */
import type { Route } from '../context.ts';
import { completeRoute } from './complete.ts';
import { conversationsRoute } from './conversations.ts';
import { coverageRoute } from './coverage.ts';
import { dashboardRoute } from './dashboard.ts';
import { explainRoute } from './explain.ts';
import { exportRoute } from './export.ts';
import { fieldsRoute } from './fields.ts';
import { findingsRoute } from './findings.ts';
import { flowsRoute } from './flows.ts';
import { groupRoute } from './group.ts';
import { groupsRoute } from './groups.ts';
import { histogramRoute } from './histogram.ts';
import { mapRoute } from './map.ts';
import { overviewRoute } from './overview.ts';
import { pathsRoute } from './paths.ts';
import { rulesRoute } from './rules.ts';
import { sourcesRoute } from './sources.ts';
import { summaryRoute } from './summary.ts';
import { tightenRoute } from './tighten.ts';
import { tightenFilesRoute } from './tighten-files.ts';
import { tightenReplayRoute } from './tighten-replay.ts';
import { topRoute } from './top.ts';

export const ROUTES: readonly Route[] = [
  overviewRoute,
  sourcesRoute,
  fieldsRoute,
  completeRoute,
  dashboardRoute,
  summaryRoute,
  histogramRoute,
  topRoute,
  mapRoute,
  pathsRoute,
  flowsRoute,
  exportRoute,
  conversationsRoute,
  groupsRoute,
  groupRoute,
  rulesRoute,
  findingsRoute,
  explainRoute,
  coverageRoute,
  tightenRoute,
  tightenReplayRoute,
  tightenFilesRoute,
];
