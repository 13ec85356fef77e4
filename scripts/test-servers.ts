/**
 * Installs what the tests of the streaming way need besides Node: OpenSearch (Java 21, Maven) and, from PyPI, moto,
 * cfn-lint and the AWS CLI. Tests install them on first use as well; this does it beforehand and says what cannot be had.
 */
import { installPythonTools } from '@flowfit/testkit/moto/python-tools';
import { assembleOpenSearch } from '@flowfit/testkit/opensearch-server/assemble';
import { findContainerEngine } from '@flowfit/testkit/opensearch-server/container-server';
import { orSkip } from '@flowfit/testkit/opensearch-server/unavailable';

const hasCluster = Boolean(process.env['OPENSEARCH_URL']) || findContainerEngine() !== null;
const openSearch = hasCluster ? 'as it is' : await orSkip(async () => assembleOpenSearch());
const python = await orSkip(async () => installPythonTools());
console.log(`OpenSearch: ${openSearch ?? 'none: its tests are skipped'}`);
console.log(`moto, cfn-lint and the AWS CLI: ${python ?? 'none: their tests are skipped'}`);
