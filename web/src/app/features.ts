/** Every page of the application, one line each: where it is, how it is loaded, whether the left bar leads there. */

import type { ComponentType } from "react";
import {
  IconDiscover,
  IconExplore,
  IconInferenceSets,
  IconJobs,
  IconMetrics,
  type IconProps,
  IconSegments,
  IconSettings,
} from "@/ui/icons";

/** A module that holds a page. */
export interface PageModule {
  readonly Page: ComponentType;
}

/** A page. */
export interface Feature {
  /** Below the dataset (`explore`), or from the root when it starts with `/`. */
  readonly path: string;
  readonly load: () => Promise<PageModule>;
  /** Its name for whoever looks for it; with an icon, the left bar leads there. */
  readonly link?: { readonly name: string; readonly icon?: ComponentType<IconProps> };
  /** Without bars around it, for printing. */
  readonly isBare?: boolean;
  /** The page shows numbers at an operating point, so the top bar offers its sliders. */
  readonly hasOperatingPoint?: boolean;
}

/** Pages in the order of the left bar. */
export const FEATURES: readonly Feature[] = [
  {
    path: "/",
    load: () => import("@/features/projects/ProjectsPage"),
    link: { name: "Projects" },
  },
  {
    path: "explore",
    load: () => import("@/features/explore/ExplorePage"),
    link: { name: "Explore", icon: IconExplore },
    hasOperatingPoint: true,
  },
  {
    path: "frames/$frame",
    load: () => import("@/features/explore/frame/FramePage"),
    hasOperatingPoint: true,
  },
  {
    path: "metrics",
    load: () => import("@/features/metrics/MetricsPage"),
    link: { name: "Metrics", icon: IconMetrics },
    hasOperatingPoint: true,
  },
  { path: "report", load: () => import("@/features/release-report/ReleaseReportPage"), isBare: true },
  {
    path: "segments",
    load: () => import("@/features/segments/SegmentsPage"),
    link: { name: "Segments", icon: IconSegments },
  },
  { path: "segments/$segment", load: () => import("@/features/segments/SegmentPage") },
  {
    path: "discover",
    load: () => import("@/features/discover/DiscoverPage"),
    link: { name: "Discover", icon: IconDiscover },
  },
  {
    path: "inference-sets",
    load: () => import("@/features/inference-sets/InferenceSetsPage"),
    link: { name: "Inference sets", icon: IconInferenceSets },
  },
  { path: "upload", load: () => import("@/features/upload/UploadPage"), link: { name: "Upload" } },
  { path: "/p/$project", load: () => import("@/features/projects/ProjectPage") },
  { path: "/jobs", load: () => import("@/features/jobs/JobsPage"), link: { name: "Jobs", icon: IconJobs } },
  {
    path: "/settings",
    load: () => import("@/features/settings/SettingsPage"),
    link: { name: "Settings", icon: IconSettings },
  },
];

/** What lies over the pages of a dataset, loaded when it is first asked for. */
export const OVERLAYS: {
  readonly addToSegment?: () => Promise<{ readonly AddToSegmentDialog: ComponentType }>;
} = { addToSegment: () => import("@/ui/AddToSegment/AddToSegmentDialog") };
