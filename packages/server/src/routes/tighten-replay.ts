/** The observed connections held against points of the curves: kept, cut, newly admitted, and what cannot be told. */
import { toWindowDocument } from '@flowfit/core/analysis/documents';
import { formatTime } from '@flowfit/core/filter/time';
import { protocolName } from '@flowfit/core/net/protocol';
import { changeOfRecommendation } from '@flowfit/core/recommend/patch';
import type { ReplayedTraffic } from '@flowfit/core/replay/model';
import { newestInventory } from '@flowfit/lake/observed';
import { replayLake } from '@flowfit/lake/replay';
import { toWindow } from '../analyses.ts';
import type { Route } from '../context.ts';
import { windowQuery } from '../contract/rules.ts';
import { choicesBody, type ReplayedTrafficAnswer, tightenReplayAnswer } from '../contract/tighten.ts';
import { type Directory, directoryOf } from '../directory.ts';
import { withChoices } from '../tighten/choice.ts';
import { CHOICES_LIMIT } from '../tighten/limits.ts';
import { trafficOf } from '../tighten/traffic.ts';
import { askerOf } from '../turns/asker.ts';

const SHOWN = 100;

export const tightenReplayRoute: Route = (app, { access, recommendations }) => {
  app.post(
    '/tighten/replay',
    {
      bodyLimit: CHOICES_LIMIT,
      schema: {
        summary: 'What becomes of the observed connections with the chosen rule sets',
        querystring: windowQuery,
        body: choicesBody,
        response: { 200: tightenReplayAnswer },
      },
    },
    async (request, reply) => {
      const asker = askerOf(request, reply);
      const { choices, pins } = request.body;
      const window = toWindow(request.query);
      return await access.files(asker, async (state) => {
        const ids = choices.map(({ groupId }) => groupId);
        const recommendation = await recommendations.ofGroups(state, request.query, pins, ids, asker);
        const chosen = withChoices(recommendation, choices);
        const directory = await directoryOf(state.lake);
        const ticket = { clients: () => [asker.client], signal: asker.signal };
        return await access.queryOf(state, 'large', ticket, (task) =>
          access.rolledUp(task, async (lake) => {
            const change = changeOfRecommendation(chosen, newestInventory(lake));
            const { replay, window: span } = await replayLake(lake, window, change, task.signal);
            const rows = (all: readonly ReplayedTraffic[]) =>
              all.slice(0, SHOWN).map((one) => toAnswer(one, directory));
            return {
              schema: 'flowfit.tighten-replay/1' as const,
              window: toWindowDocument(span),
              connections: replay.connections,
              cut: rows(replay.cut),
              newlyAdmitted: rows(replay.newlyAdmitted),
              unknown: rows(replay.unknown),
              traffic: await trafficOf(lake, window, change, task.signal),
            };
          }),
        );
      });
    },
  );
};

const toAnswer = (
  {
    groupIds,
    interfaceId,
    direction,
    protocol,
    port,
    peer,
    connections,
    firstSeen,
    lastSeen,
    admittedBy,
  }: ReplayedTraffic,
  directory: Directory,
): ReplayedTrafficAnswer => ({
  ...{ groupIds, interfaceId, direction, port, peer, connections, admittedBy },
  interfaceName: directory.nameOf(interfaceId),
  peerName: directory.ownerOf(peer),
  protocol: protocolName(protocol),
  firstSeen: formatTime(firstSeen),
  lastSeen: formatTime(lastSeen),
});
