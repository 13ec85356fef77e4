/** What the Tighten pages ask. Pins go along with each question: the server keeps none. */
import type {
  Choices,
  TightenAnswer,
  TightenFile,
  TightenGroupAnswer,
  TightenPin,
  TightenReplayAnswer,
} from '@flowfit/server/contract/tighten';
import { keepPreviousData, type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query';
import { postForFile, postJson } from '../api/client.ts';
import { bounded, useRevision } from '../api/queries.ts';
import type { TimeWindow } from '../state/range.ts';
import { saveFile } from '../ui/save-file.ts';

/** As the answers of the other pages: the previous one stays until the next is there, unless it is about something else. */
const usePosted = <Answer>(
  path: string,
  window: TimeWindow,
  body: unknown,
  { enabled = true, keep = true }: { readonly enabled?: boolean; readonly keep?: boolean } = {},
): UseQueryResult<Answer> => {
  const revision = useRevision();
  return useQuery({
    queryKey: [path, window, body, revision],
    queryFn: ({ signal }) => postJson<Answer>(path, bounded(window), body, { signal, revision }),
    enabled: enabled && revision !== undefined,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
};

export const useTighten = (window: TimeWindow, pins: readonly TightenPin[], enabled: boolean) =>
  usePosted<TightenAnswer>('tighten', window, { pins }, { enabled });

export const useTightenGroup = (id: string, window: TimeWindow, pins: readonly TightenPin[]) =>
  usePosted<TightenGroupAnswer>(`tighten/groups/${encodeURIComponent(id)}`, window, { pins });

/** What becomes of the connections of the window; never that of another point. */
export const useReplay = (window: TimeWindow, choices: Choices, pins: readonly TightenPin[], enabled: boolean) =>
  usePosted<TightenReplayAnswer>('tighten/replay', window, { choices, pins }, { enabled, keep: false });

/** Has a file made and hands it to the browser. */
export const useTightenFile = (window: TimeWindow, choices: Choices, pins: readonly TightenPin[]) => {
  const revision = useRevision();
  return useMutation({
    mutationFn: async (kind: TightenFile) => {
      const { name, content } = await postForFile(
        `tighten/files/${kind}`,
        bounded(window),
        { choices, pins },
        { revision },
      );
      saveFile(name, content);
    },
  });
};
