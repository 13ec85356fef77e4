import type { Conversation } from '@flowfit/core/conversation/model';
import { streamConversations } from '@flowfit/lake/queries/conversations';
import type { Route } from '../context.ts';
import { conversationsAnswer, conversationsQuery } from '../contract/records.ts';
import { toSelection } from '../scope.ts';
import { askerOf } from '../turns/asker.ts';

export const conversationsRoute: Route = (app, { access }) => {
  app.get(
    '/conversations',
    {
      schema: {
        summary: 'Hourly roll-ups: what rules are matched against',
        querystring: conversationsQuery,
        response: { 200: conversationsAnswer },
      },
    },
    async (request, reply) => {
      const { limit = 1000, group, ...scope } = request.query;
      const selection = toSelection(scope);
      return await access.query('large', askerOf(request, reply), async ({ lake, signal }) => {
        const conversations: Conversation[] = [];
        for await (const conversation of streamConversations(lake, { ...selection, signal })) {
          if (group !== undefined && !conversation.groupIds.includes(group)) continue;
          if (conversations.length === limit) return { conversations, truncated: true };
          conversations.push(conversation);
        }
        return { conversations, truncated: false };
      });
    },
  );
};
