/**
 * Every question the page asks. Answers are kept per lake revision: when the lake changes, `useOverview` sees the new
 * revision within seconds and everything on screen is asked again, the old answer staying in sight until then.
 */
import type { FindingsAnswer } from '@flowfit/server/contract/findings';
import type { CompleteAnswer, FieldsAnswer, OverviewAnswer } from '@flowfit/server/contract/lake';
import type { FlowsAnswer } from '@flowfit/server/contract/records';
import type { ExplainAnswer, GroupAnswer, GroupsAnswer } from '@flowfit/server/contract/rules';
import type { DashboardAnswer, TopAnswer } from '@flowfit/server/contract/traffic';
import {
  keepPreviousData,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { TimeWindow } from '../state/range.ts';
import type { Measure, Scope } from '../state/scope.ts';
import { getJson, type Parameters, postJson } from './client.ts';

const OVERVIEW_EVERY_MS = 5000;

export const useOverview = (): UseQueryResult<OverviewAnswer> =>
  useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => getJson<OverviewAnswer>('overview', {}, signal),
    refetchInterval: OVERVIEW_EVERY_MS,
    staleTime: 0,
  });

export const useRevision = (): string | undefined => useOverview().data?.revision;

interface AnswerOptions<Answer, Part> {
  readonly enabled?: boolean;
  /** What is wanted of the answer. */
  readonly select?: (answer: Answer) => Part;
}

/** Asks once the lake is known; the previous answer stays until the next one is there. */
const useAnswer = <Answer, Part = Answer>(
  path: string,
  parameters: Parameters,
  { enabled = true, ...options }: AnswerOptions<Answer, Part> = {},
): UseQueryResult<Part> => {
  const revision = useRevision();
  return useQuery<Answer, Error, Part>({
    queryKey: [path, parameters, revision],
    queryFn: ({ signal }) => getJson<Answer>(path, parameters, signal, revision),
    enabled: enabled && revision !== undefined,
    placeholderData: keepPreviousData,
    ...options,
  });
};

/** Without records there is no window: then the question is about all there is. */
export const bounded = ({ from, to }: TimeWindow): Parameters => (from < to ? { from, to } : {});

/** What the dashboard lists, and how much of it. */
const LISTED_FIELDS = [
  'security-group-ids',
  'service-port',
  'srcaddr',
  'interface-id',
  'dstaddr',
  'action',
  'direction',
  'protocol',
  'initiator',
] as const;
export type ListedField = (typeof LISTED_FIELDS)[number];
export const LIST_LIMIT = 100;

/** A part of the dashboard: all of them come with one answer, and so belong together. */
const useDashboard = <Part>(scope: Scope, by: Measure, select: (answer: DashboardAnswer) => Part) =>
  useAnswer<DashboardAnswer, Part>(
    'dashboard',
    { ...scope, by, fields: LISTED_FIELDS.join(','), limit: LIST_LIMIT, buckets: 120 },
    { select },
  );

export const useSummary = (scope: Scope, by: Measure) => useDashboard(scope, by, ({ summary }) => summary);

export const useHistogram = (scope: Scope, by: Measure) => useDashboard(scope, by, ({ histogram }) => histogram);

export const useTop = (scope: Scope, field: ListedField, by: Measure) =>
  useDashboard(scope, by, ({ lists }): TopAnswer => lists.find((list) => list.field === field) ?? { field, rows: [] });

export const useMap = (scope: Scope, by: Measure) => useDashboard(scope, by, ({ map }) => map);

export const usePaths = (scope: Scope, by: Measure) => useDashboard(scope, by, ({ paths }) => paths);

const PAGE_SIZE = 200;

export const useFlows = (scope: Scope, order: 'newest' | 'oldest') => {
  const revision = useRevision();
  return useInfiniteQuery({
    queryKey: ['flows', scope, order, revision],
    queryFn: ({ signal, pageParam }) =>
      getJson<FlowsAnswer>('flows', { ...scope, order, limit: PAGE_SIZE, after: pageParam }, signal, revision),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: revision !== undefined,
    placeholderData: keepPreviousData,
  });
};

export const useFields = () => useAnswer<FieldsAnswer>('fields', {});

export const useCompletion = (text: string, cursor: number, enabled: boolean) =>
  useAnswer<CompleteAnswer>('complete', { text: text === '' ? ' ' : text, cursor }, { enabled });

export const useGroups = (window: TimeWindow) => useAnswer<GroupsAnswer>('groups', bounded(window));

export const useGroup = (id: string, window: TimeWindow) =>
  useAnswer<GroupAnswer>(`groups/${encodeURIComponent(id)}`, bounded(window));

export const useExplanation = (rule: string, window: TimeWindow, enabled: boolean) =>
  useAnswer<ExplainAnswer>('explain', { rule, ...bounded(window) }, { enabled });

export const useFindings = (window: TimeWindow, enabled = true) =>
  useAnswer<FindingsAnswer>('findings', bounded(window), { enabled });

/** Dismisses a finding of the window with a reason, or restores it without one. */
export const useDismissal = (window: TimeWindow) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason }: { readonly id: string; readonly reason: string | null }) => {
      const path = `findings/${encodeURIComponent(id)}`;
      return reason === null
        ? postJson(`${path}/restore`, {}, {})
        : postJson(`${path}/dismiss`, bounded(window), { reason });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['overview'] });
      await client.invalidateQueries({ queryKey: ['findings'] });
    },
  });
};
