/** A box to find groups by name, id or VPC. */
export function FindGroup({
  value,
  onChange,
}: {
  value: string;
  /** Null: nothing is looked for. */
  onChange: (text: string | null) => void;
}) {
  return (
    <input
      type="search"
      aria-label="Find a group"
      placeholder="Name, id or VPC"
      value={value}
      onChange={(event) => onChange(event.target.value || null)}
      className="h-8 min-w-0 flex-1 basis-52 rounded-md border border-line-strong bg-panel px-2.5 text-sm sm:max-w-72"
    />
  );
}
