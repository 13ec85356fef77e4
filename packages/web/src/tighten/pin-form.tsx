/** Pins a rule, a port of it or its addresses, with a reason that others can read later. */
import type { GroupRule } from '@flowfit/server/contract/rules';
import type { TightenPin } from '@flowfit/server/contract/tighten';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { IconButton, PrimaryButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { todayIn } from './pins.ts';

type Kind = TightenPin['kind'];

export interface PinFormProps {
  readonly rule: GroupRule;
  readonly onPin: (pin: TightenPin) => void;
}

const FIELD = 'mt-1 w-full rounded-md border border-line-strong bg-panel px-2 py-1 text-sm text-ink';

export const PinForm = ({ rule, onPin }: PinFormProps) => {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={`Pin: rule ${rule.ruleId}`}
      align="end"
      className="w-80"
      open={open}
      onOpenChange={setOpen}
      trigger={<IconButton icon="pin" label={`Pin rule ${rule.ruleId}`} />}
    >
      <Form
        rule={rule}
        onPin={(pin) => {
          setOpen(false);
          onPin(pin);
        }}
      />
    </Popover>
  );
};

const Form = ({ rule, onPin }: PinFormProps) => {
  const [kind, setKind] = useState<Kind>('rule');
  const [port, setPort] = useState(String(Math.max(0, rule.fromPort ?? 0)));
  const [reason, setReason] = useState('');
  const [expires, setExpires] = useState('');
  const protocol = rule.protocol === 'tcp' || rule.protocol === 'udp' ? rule.protocol : null;
  const isBlock = rule.peer.includes('/');

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const why = { reason: reason.trim(), expires: expires === '' ? null : expires };
    if (why.reason === '') return;
    if (kind === 'rule') onPin({ kind, ruleId: rule.ruleId, ...why });
    else if (kind === 'cidr') onPin({ kind, cidr: rule.peer, groupId: rule.groupId, ...why });
    else if (protocol !== null) onPin({ kind, protocol, port: Number(port), groupId: rule.groupId, ...why });
  };

  return (
    <form onSubmit={submit} className="grid gap-2 p-1">
      <fieldset className="grid gap-1">
        <legend className="mb-1 text-xs text-soft">What has to stay, whatever the traffic says</legend>
        <Choice value="rule" chosen={kind} onChoose={setKind}>
          this rule as it is
        </Choice>
        {isBlock && (
          <Choice value="cidr" chosen={kind} onChoose={setKind}>
            all of <span className="font-mono text-xs">{rule.peer}</span>
          </Choice>
        )}
        {protocol !== null && (
          <Choice value="port" chosen={kind} onChoose={setKind}>
            <span className="uppercase">{protocol}</span> port
            <input
              type="number"
              aria-label="Port"
              required={kind === 'port'}
              min={rule.fromPort ?? 0}
              max={rule.toPort ?? 65_535}
              value={port}
              onFocus={() => setKind('port')}
              onChange={(event) => setPort(event.target.value)}
              className="num h-6 w-20 rounded-md border border-line-strong bg-panel px-1.5 text-sm"
            />
          </Choice>
        )}
      </fieldset>
      <label className="text-xs text-soft">
        Why
        <textarea
          required
          rows={2}
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          className={FIELD}
        />
      </label>
      <label className="text-xs text-soft">
        Until, where it is not for ever
        <input
          type="date"
          min={todayIn(new Date())}
          value={expires}
          onChange={(event) => setExpires(event.target.value)}
          className={FIELD}
        />
      </label>
      <PrimaryButton type="submit" className="justify-self-end" disabled={reason.trim() === ''}>
        Pin
      </PrimaryButton>
    </form>
  );
};

interface ChoiceProps {
  readonly value: Kind;
  readonly chosen: Kind;
  readonly onChoose: (kind: Kind) => void;
  readonly children: ReactNode;
}

const Choice = ({ value, chosen, onChoose, children }: ChoiceProps) => {
  const id = useId();
  return (
    <div className="flex min-h-6 items-center gap-2 text-sm">
      <input
        type="radio"
        id={id}
        checked={chosen === value}
        onChange={() => onChoose(value)}
        className="accent-accent"
      />
      <label htmlFor={id} className="flex flex-wrap items-center gap-1.5 break-all">
        {children}
      </label>
    </div>
  );
};
