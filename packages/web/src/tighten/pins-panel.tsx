/** What was pinned, why and until when; and the keep-file that takes it to the command line. */
import { formatKeepFile } from '@flowfit/core/recommend/pins';
import type { TightenPin } from '@flowfit/server/contract/tighten';
import { formatPlural } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Panel } from '../ui/panel.tsx';
import { saveFile } from '../ui/save-file.ts';
import { isExpired, pinText, todayIn } from './pins.ts';

export interface PinsPanelProps {
  readonly pins: readonly TightenPin[];
  readonly onChange: (pins: readonly TightenPin[]) => void;
}

export const PinsPanel = ({ pins, onChange }: PinsPanelProps) => {
  if (pins.length === 0) return null;
  const today = todayIn(new Date());
  return (
    <Panel
      title="Pins"
      note={`${formatPlural(pins.length, 'pin')}, kept by this browser`}
      className="mb-3"
      tools={
        <Button
          size="small"
          onClick={() => saveFile('flowfit-keep.json', new Blob([formatKeepFile(pins)], { type: 'application/json' }))}
        >
          <Icon name="download" className="size-3.5 text-faint" /> Keep-file
        </Button>
      }
    >
      <ul className="border-t border-line">
        {pins.map((pin) => {
          const expired = isExpired(pin, today);
          return (
            <li
              key={JSON.stringify(pin)}
              className="flex items-start gap-3 border-b border-line px-4 py-2 text-sm last:border-b-0"
              data-pin={pinText(pin)}
            >
              <Icon name="pin" className="mt-0.5 size-3.5 text-accent" />
              <span className="min-w-0 flex-1">
                <span className="font-mono text-xs break-all">{pinText(pin)}</span>
                <span className="block text-pretty break-words text-soft">{pin.reason}</span>
                {pin.expires !== null && (
                  <span className={`block text-xs ${expired ? 'text-high' : 'text-faint'}`}>
                    {expired ? `expired on ${pin.expires}: it does not count any more` : `until ${pin.expires}`}
                  </span>
                )}
              </span>
              <Button size="small" onClick={() => onChange(pins.filter((one) => one !== pin))}>
                Unpin
              </Button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
};
