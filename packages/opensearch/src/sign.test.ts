import { startLocalServer } from '@flowfit/testkit/faulty-aws/http';
import { expect, it } from 'vitest';
import { openOpenSearch } from './client.ts';
import { signingOptions } from './sign.ts';

const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });

it.each([
  ['https://search-flows-x1.eu-west-1.es.amazonaws.com', 'eu-west-1/es'],
  ['https://abc.us-east-1.aoss.amazonaws.com', 'us-east-1/aoss'],
])('signs requests to %s', async (url, scope) => {
  const seen: (string | undefined)[] = [];
  const server = await startLocalServer(({ headers }) => {
    seen.push(headers.authorization);
    return { status: 200, contentType: 'application/json', body: '{}' };
  });
  const cluster = openOpenSearch(server.url, signingOptions(url, credentials));
  await cluster.request('POST', '/_bulk', '{"create":{}}\n{}\n');
  await cluster.close();
  await server.close();
  expect(seen[0]).toMatch(new RegExp(`^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\\d{8}/${scope}/aws4_request`));
});

it.each([
  'http://localhost:9200',
  'https://admin:secret@search-flows-x1.eu-west-1.es.amazonaws.com',
  'https://es.amazonaws.com.example.com',
])('leaves requests to %s as they are', (url) => {
  expect(signingOptions(url, credentials)).toEqual({});
});
