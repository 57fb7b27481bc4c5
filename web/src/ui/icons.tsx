/** The icons of the page: 24 units, thin strokes, decoration only (name the control, not the icon). */

import type { SVGProps } from "react";

/** Properties of an icon. */
export interface IconProps extends Omit<SVGProps<SVGSVGElement>, "d"> {
  readonly size?: number;
}

function Icon({ d, size = 18, ...rest }: IconProps & { readonly d: readonly string[] }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      {...rest}
    >
      {d.map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

const icon =
  (...d: readonly string[]) =>
  (props: IconProps) => <Icon d={d} {...props} />;

export const IconExplore = icon("M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z");
export const IconMetrics = icon("M4 20h16M6 16v-4M10.5 16V6M15 16v-6M19 16V4");
export const IconSegments = icon("M12 3l9 5-9 5-9-5zM3 12.5l9 5 9-5M3 16.5l9 5 9-5");
export const IconInferenceSets = icon(
  "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M8 8h8v8H8z",
);
export const IconJobs = icon("M4 6l1.5 1.5L8 5M4 12l1.5 1.5L8 11M4 18l1.5 1.5L8 17M12 6h8M12 12h8M12 18h8");
export const IconSettings = icon("M4 7h9M17 7h3M15 5v4M4 12h2M10 12h10M8 10v4M4 17h9M17 17h3M15 15v4");
export const IconUpload = icon("M12 16V4M7 9l5-5 5 5M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4");
export const IconDownload = icon("M12 4v12M7 11l5 5 5-5M4 17v2a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-2");
export const IconSun = icon(
  "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1M12 20v1M3 12h1M20 12h1M5.6 5.6l.7.7M17.7 17.7l.7.7M5.6 18.4l.7-.7M17.7 6.3l.7-.7",
);
export const IconMoon = icon("M19 14.5A8 8 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5z");
export const IconSearch = icon("M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20");
export const IconClose = icon("M6 6l12 12M18 6L6 18");
export const IconCheck = icon("M5 12.5l4.5 4.5L19 7.5");
export const IconPlus = icon("M12 5v14M5 12h14");
export const IconMinus = icon("M5 12h14");
export const IconTrash = icon(
  "M4 7h16M10 11v6M14 11v6M6 7l1 12a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1l1-12M9 7V4h6v3",
);
export const IconCopy = icon("M9 9h10v11H9zM5 15V4h10");
export const IconDown = icon("M6 9l6 6 6-6");
export const IconRight = icon("M9 6l6 6-6 6");
export const IconLeft = icon("M15 6l-6 6 6 6");
export const IconUp = icon("M6 15l6-6 6 6");
export const IconHistory = icon("M4 5v4h4M4.6 9A8 8 0 1 1 4 13M12 8v4.5l3 1.5");
export const IconAlert = icon("M12 4l9 16H3zM12 10v4M12 17v.01");
export const IconHelp = icon(
  "M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9M12 17v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
);
export const IconFilter = icon("M4 5h16l-6 8v6l-4-2v-4z");
export const IconRefresh = icon("M19 9A8 8 0 0 0 5 8M5 4v4h4M5 15a8 8 0 0 0 14 1M19 20v-4h-4");
export const IconMore = icon("M6 12h.01M12 12h.01M18 12h.01");
export const IconLink = icon(
  "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
);
export const IconPrint = icon(
  "M7 9V4h10v5M7 17H5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M7 14h10v6H7z",
);
export const IconEdit = icon("M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3");
export const IconComment = icon("M4 5h16v11h-9l-4 4v-4H4z");
export const IconEye = icon(
  "M3 12c2.5-4.5 5.5-6.5 9-6.5s6.5 2 9 6.5c-2.5 4.5-5.5 6.5-9 6.5S5.5 16.5 3 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
);
export const IconTable = icon("M4 5h16v14H4zM4 10h16M10 5v14");
export const IconCards = icon("M4 5h16v6H4zM4 14h16v5H4z");
export const IconFlag = icon("M6 21V4h12l-2 4 2 4H6");
export const IconProject = icon("M4 6h6l2 2h8v11H4z");
export const IconDiscover = icon("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM15.5 8.5l-2 5-5 2 2-5z");
export const IconSimilar = icon(
  "M9 5a6 6 0 1 0 0 12M15 7a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 10.5v5M12.5 13h5",
);
