/**
 * Every question the page asks. Answers are kept per lake revision: when the lake changes, `useOverview` sees the new
 * revision within seconds and everything on screen is asked again, the old answer staying in sight until then.
 */
import type { FindingsAnswer } from '@flowfit/server/contract/findings';
import type { CompleteAnswer, FieldsAnswer, OverviewAnswer } from '@flowfit/server/contract/lake';
import type { FlowsAnswer } from '@flowfit/server/contract/records';
import type { ExplainAnswer, GroupAnswer, GroupsAnswer } from '@flowfit/server/contract/rules';
import type {
  HistogramAnswer,
  MapAnswer,
  PathsAnswer,
  SummaryAnswer,
  TopAnswer,
} from '@flowfit/server/contract/traffic';
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

/** Asks once the lake is known; the previous answer stays until the next one is there. */
const useAnswer = <Answer>(path: string, parameters: Parameters, enabled = true): UseQueryResult<Answer> => {
  const revision = useRevision();
  return useQuery({
    queryKey: [path, parameters, revision],
    queryFn: ({ signal }) => getJson<Answer>(path, parameters, signal, revision),
    enabled: enabled && revision !== undefined,
    placeholderData: keepPreviousData,
  });
};

/** Without records there is no window: then the question is about all there is. */
export const bounded = ({ from, to }: TimeWindow): Parameters => (from < to ? { from, to } : {});

export const useSummary = (scope: Scope) => useAnswer<SummaryAnswer>('summary', { ...scope });

export const useHistogram = (scope: Scope) => useAnswer<HistogramAnswer>('histogram', { ...scope, buckets: 120 });

export const useTop = (scope: Scope, field: string, by: Measure, limit: number) =>
  useAnswer<TopAnswer>('top', { ...scope, field, by, limit });

export const useMap = (scope: Scope, by: Measure) => useAnswer<MapAnswer>('map', { ...scope, by });

export const usePaths = (scope: Scope, by: Measure) => useAnswer<PathsAnswer>('paths', { ...scope, by });

const PAGE_SIZE = 200;

export const useFlows = (scope: Scope, order: 'newest' | 'oldest') => {
  const revision = useRevision();
  return useInfiniteQuery({
    queryKey: ['flows', scope, order, revision],
    queryFn: ({ signal, pageParam }) =>
      getJson<FlowsAnswer>('flows', { ...scope, order, limit: PAGE_SIZE, offset: pageParam }, signal, revision),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.flows.length < PAGE_SIZE ? undefined : pages.length * PAGE_SIZE),
    enabled: revision !== undefined,
    placeholderData: keepPreviousData,
  });
};

export const useFields = () => useAnswer<FieldsAnswer>('fields', {});

export const useCompletion = (text: string, cursor: number, enabled: boolean) =>
  useAnswer<CompleteAnswer>('complete', { text: text === '' ? ' ' : text, cursor }, enabled);

export const useGroups = (window: TimeWindow) => useAnswer<GroupsAnswer>('groups', bounded(window));

export const useGroup = (id: string, window: TimeWindow) =>
  useAnswer<GroupAnswer>(`groups/${encodeURIComponent(id)}`, bounded(window));

export const useExplanation = (rule: string, window: TimeWindow, enabled: boolean) =>
  useAnswer<ExplainAnswer>('explain', { rule, ...bounded(window) }, enabled);

export const useFindings = (window: TimeWindow, enabled = true) =>
  useAnswer<FindingsAnswer>('findings', bounded(window), enabled);

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
