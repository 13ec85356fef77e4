import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Package folders (`…/node_modules/name`) that hold the modules, sorted, each once. */
export const packagesOf = (modulePaths) => {
  const folders = modulePaths.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll('\\', '/')));
  return [...new Set(folders.flatMap((match) => (match?.[1] ? [match[1]] : [])))]
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .sort();
};

/** Name, version, licence and licence text of every package, as their licences ask of whoever passes them on. */
export const renderLicenceTexts = (folders) => {
  const sections = new Map(
    folders.map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const title = `${name} ${version} (${license})`;
      return [title, `${title}\n${'-'.repeat(title.length)}\n\n${licenceText(folder)}\n`];
    }),
  );
  return [...sections.values()].join('\n');
};

const licenceText = (folder) => {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  const texts = files.sort().map((name) => readFileSync(join(folder, name), 'utf8').trim());
  return texts.join('\n\n') || 'The package holds no licence file; its licence is the one named above.';
};
