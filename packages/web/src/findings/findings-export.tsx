/** The findings in sight as a file. */

import { toCsvLine } from '@flowfit/server/contract/csv';
import type { Finding } from '@flowfit/server/contract/findings';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Popover, PopoverClose } from '../ui/popover.tsx';
import { saveFile } from '../ui/save-file.ts';
import { toText } from './kinds.ts';

const HEADER = ['id', 'kind', 'severity', 'title', 'remediation', 'evidence', 'dismissed'];

const toRow = ({ id, kind, severity, title, remediation, evidence, dismissed }: Finding): readonly string[] => [
  id,
  kind,
  severity,
  title,
  remediation,
  toText(evidence),
  dismissed?.reason ?? '',
];

export const FindingsExport = ({ findings }: { readonly findings: readonly Finding[] }) => (
  <Popover
    label="Export"
    align="end"
    className="w-48"
    trigger={
      <Button disabled={findings.length === 0}>
        <Icon name="download" className="size-3.5 text-faint" /> Export
      </Button>
    }
  >
    <SaveButton
      label="CSV"
      name="findings.csv"
      type="text/csv"
      content={() => [HEADER, ...findings.map(toRow)].map(toCsvLine).join('')}
    />
    <SaveButton
      label="JSON"
      name="findings.json"
      type="application/json"
      content={() => JSON.stringify({ schema: 'flowfit.findings/1', findings }, null, 2)}
    />
  </Popover>
);

interface SaveButtonProps {
  readonly label: string;
  readonly name: string;
  readonly type: string;
  readonly content: () => string;
}

const SaveButton = ({ label, name, type, content }: SaveButtonProps) => (
  <PopoverClose asChild>
    <button
      type="button"
      className="block w-full rounded px-2 py-1 text-left hover:bg-sunken"
      onClick={() => saveFile(name, new Blob([content()], { type }))}
    >
      {label}
    </button>
  </PopoverClose>
);
