/** Drawn for this app on a 24 grid with one stroke width. */
const PATHS = {
  add: "M12 5v14M5 12h14",
  alert: "M12 8v5M12 16.5v.01M12 3 2.5 20h19L12 3Z",
  all: "M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15L6 16.5ZM10 20.5h4",
  back: "m14.5 6-6 6 6 6",
  calendar:
    "M4 9.5h16M8 3v4M16 3v4M5.5 5h13A1.5 1.5 0 0 1 20 6.5v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-12A1.5 1.5 0 0 1 5.5 5Z",
  check: "m5 12.5 4.5 4.5L19 7",
  clock: "M12 7.5V12l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  close: "m6 6 12 12M18 6 6 18",
  done: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM8 12.2l2.8 2.8L16 9.5",
  filter: "M4 5h16l-6 7.5V19l-4-2v-4.5L4 5Z",
  flag: "M5 21V4M5 4h12l-2.5 4.5L17 13H5",
  flame: "M12 3c1 3.5 5.5 5.5 5.5 10.5a5.5 5.5 0 0 1-11 0c0-2 1-3.5 2-4.5 0 2 1 3 2 3C11.5 9 11 6 12 3Z",
  folder:
    "M4 6.5A1.5 1.5 0 0 1 5.5 5H10l2 2.5h6.5A1.5 1.5 0 0 1 20 9v8.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5v-11Z",
  inbox: "M4 13.5 6.5 5h11L20 13.5V19H4v-5.5ZM4 13.5h4.5L10 16h4l1.5-2.5H20",
  logout: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9.5",
  move: "M12 4v16M12 4 9 7M12 4l3 3M12 20l-3-3M12 20l3-3M4 12h16",
  notes: "M5 7h14M5 12h14M5 17h8",
  repeat: "M5 11V9.5A2.5 2.5 0 0 1 7.5 7H18M15 4l3 3-3 3M19 13v1.5a2.5 2.5 0 0 1-2.5 2.5H6M9 20l-3-3 3-3",
  restore: "M4 9h11a5 5 0 0 1 0 10H8M4 9l4-4M4 9l4 4",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM20 20l-4.7-4.7",
  select: "M5 4h14v16H5V4ZM8.5 12l2.5 2.5 4.5-5",
  settings:
    "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  stats: "M5 20v-7M12 20V5M19 20v-11",
  tag: "M4 4h8l8 8-8 8-8-8V4ZM8.5 8.5v.01",
  today: "M12 3l2.6 5.6 6 .7-4.4 4.2 1.1 6L12 16.6l-5.3 2.9 1.1-6L3.4 9.3l6-.7L12 3Z",
  trash: "M4 7h16M9 7V4.5h6V7M6.5 7l.8 12.5h9.4L17.5 7M10 11v5M14 11v5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className = "size-4.5" }: { name: IconName; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${className}`}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
