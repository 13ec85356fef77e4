/** Icons on a 16-pixel grid, drawn with the text's colour. They accompany words and are hidden from screen readers. */

const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  exclude: 'M3 6h10M3 10h10M11 3L5 13',
  search: 'M7 12A5 5 0 107 2a5 5 0 000 10zM14 14l-3.4-3.4',
  clock: 'M8 14A6 6 0 108 2a6 6 0 000 12zM8 4.8V8l2.2 1.6',
  chevron: 'M4 6.5l4 4 4-4',
  right: 'M6.5 4l4 4-4 4',
  left: 'M9.5 4l-4 4 4 4',
  zoomOut: 'M7 12A5 5 0 107 2a5 5 0 000 10zM14 14l-3.4-3.4M5 7h4',
  bookmark: 'M4 2.5h8v11l-4-3-4 3z',
  download: 'M8 2.5v7.5M4.8 7.2L8 10.4l3.2-3.2M3 13.5h10',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  copy: 'M5.5 5.5h8v8h-8zM2.5 10.5v-8h8',
  sun: 'M8 11a3 3 0 100-6 3 3 0 000 6zM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M13 9.6A5.4 5.4 0 016.4 3 5.4 5.4 0 1013 9.6z',
  system: 'M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3',
  info: 'M8 14A6 6 0 108 2a6 6 0 000 12zM8 7.4V11M8 5v.2',
  warning: 'M8 2.5l6 11H2zM8 6.6v3.2M8 11.6v.2',
  external: 'M6 3H3v10h10v-3M9 3h4v4M13 3L7.5 8.5',
  undo: 'M3 6.5h6.5a3.5 3.5 0 010 7H6M3 6.5l3-3M3 6.5l3 3',
  pin: 'M8 9.5V14M5 2.5h6M6 2.5v4L4 9.5h8l-2-3v-4',
  keyboard: 'M1.5 4h13v8h-13zM4 6.6h.2M6.6 6.6h.2M9.2 6.6h.2M11.8 6.6h.2M4.6 9.6h6.8',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name, className = 'size-4' }: { readonly name: IconName; readonly className?: string }) => (
  <svg viewBox="0 0 16 16" className={`shrink-0 ${className}`} aria-hidden="true" focusable="false">
    <path
      d={PATHS[name]}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);
