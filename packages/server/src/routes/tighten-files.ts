/** Chosen points as files: patches and their rollback, the recommendation, the certificate of its replay. */
import { toRecommendationDocument } from '@flowfit/core/recommend/document';
import type { Recommendation } from '@flowfit/core/recommend/model';
import { changeOfRecommendation, patchContextOf } from '@flowfit/core/recommend/patch';
import { newestInventory } from '@flowfit/lake/observed';
import { toWindow, type WindowQuery } from '../analyses.ts';
import type { Route } from '../context.ts';
import { windowQuery } from '../contract/rules.ts';
import { choicesBody, fileParameter, type TightenFile } from '../contract/tighten.ts';
import { type NamedBytes, toDownload } from '../tighten/archive.ts';
import { certificateFiles } from '../tighten/certificate.ts';
import { withChoices } from '../tighten/choice.ts';
import { CHOICES_LIMIT } from '../tighten/limits.ts';
import { patchFiles } from '../tighten/patch.ts';
import type { Task } from '../turns/access.ts';
import { askerOf } from '../turns/asker.ts';

export const tightenFilesRoute: Route = (app, { access, recommendations, version }) => {
  app.post(
    '/tighten/files/:kind',
    {
      bodyLimit: CHOICES_LIMIT,
      schema: {
        summary: 'The chosen rule sets as a file: a patch, its rollback, the recommendation, or a certificate',
        params: fileParameter,
        querystring: windowQuery,
        body: choicesBody,
      },
    },
    async (request, reply) => {
      const asker = askerOf(request, reply);
      const { kind } = request.params;
      const { choices, pins } = request.body;
      const files = await access.files(asker, async (state) => {
        const ids = choices.map(({ groupId }) => groupId);
        const recommendation = await recommendations.ofGroups(state, request.query, pins, ids, asker);
        const chosen = withChoices(recommendation, choices);
        const ticket = { clients: () => [asker.client], signal: asker.signal };
        return await access.queryOf(state, 'large', ticket, (task) =>
          access.rolledUp(task, (lake) => makeFiles(kind, chosen, request.query, version, { ...task, lake })),
        );
      });
      const { name, type, content } = toDownload(`flowfit-${kind}`, files);
      return reply.type(type).header('content-disposition', `attachment; filename="${name}"`).send(content);
    },
  );
};

const makeFiles = async (
  kind: TightenFile,
  chosen: Recommendation,
  query: WindowQuery,
  version: string,
  { lake, signal }: Task,
): Promise<readonly NamedBytes[]> => {
  const today = newestInventory(lake);
  const change = changeOfRecommendation(chosen, today);
  switch (kind) {
    case 'recommendation':
      return [jsonFile('flowfit-recommendation.json', toRecommendationDocument(chosen))];
    case 'certificate':
    case 'bundle':
      return await certificateFiles({ lake, window: toWindow(query), change, version, signal }, kind === 'bundle');
    default:
      return patchFiles(kind, change, patchContextOf(chosen, today, `flowfit ${version}`)).map(({ name, text }) => ({
        name,
        content: Buffer.from(text),
      }));
  }
};

const jsonFile = (name: string, document: unknown): NamedBytes => ({
  name,
  content: Buffer.from(`${JSON.stringify(document, null, 2)}\n`),
});
