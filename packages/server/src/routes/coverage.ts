import type { Span } from '@flowfit/core/analysis/coverage';
import { toWindowDocument } from '@flowfit/core/analysis/documents';
import { formatTime } from '@flowfit/core/filter/time';
import type { Route } from '../context.ts';
import { coverageAnswer, windowQuery } from '../contract/rules.ts';
import { directoryOf } from '../directory.ts';
import { askerOf } from '../turns/asker.ts';

export const coverageRoute: Route = (app, { access, analyses }) => {
  app.get(
    '/coverage',
    {
      schema: {
        summary: 'For how much of the window each interface was logged',
        querystring: windowQuery,
        response: { 200: coverageAnswer },
      },
    },
    async (request, reply) => {
      const asker = askerOf(request, reply);
      return await access.files(asker, async (state) => {
        const { coverage } = await analyses.of(state, request.query, asker);
        const directory = await directoryOf(state.lake);
        return {
          window: toWindowDocument(coverage.window),
          tellsSilence: coverage.tellsSilence,
          interfaces: [...coverage.interfaces.values()].map(
            ({ interfaceId, observedSeconds, trafficType, gaps, skipped }) => ({
              id: interfaceId,
              name: directory.nameOf(interfaceId),
              observedSeconds,
              trafficType,
              gaps: gaps.map(toGap),
              skipped: skipped.map(toGap),
            }),
          ),
        };
      });
    },
  );
};

const toGap = ({ from, to }: Span) => ({ from: formatTime(from), to: formatTime(to) });
