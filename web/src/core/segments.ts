/** Types and states of segments in the words people read. */

/** What a segment is for. */
export type SegmentType =
  | "split"
  | "regression_test"
  | "scenario"
  | "bucket"
  | "frame_issue"
  | "label_quality"
  | "collection_campaign"
  | "work_queue";

/** Where the work on a segment stands. */
export type SegmentState = "triage" | "in_progress" | "in_review" | "resolved" | "cancelled";

/** One type of segment. */
export interface SegmentTypeLook {
  readonly type: SegmentType;
  readonly name: string;
  readonly plural: string;
  readonly isModelPerformance: boolean;
  readonly about: string;
}

/** The first row of every matrix: the whole dataset version. */
export const ALL_FRAMES = "All Frames";

/** All types, Model Performance first. */
export const SEGMENT_TYPES: readonly SegmentTypeLook[] = [
  {
    type: "split",
    name: "Split",
    plural: "Splits",
    isModelPerformance: true,
    about: "A part of the dataset, such as training or test.",
  },
  {
    type: "regression_test",
    name: "Regression Test",
    plural: "Regression Tests",
    isModelPerformance: true,
    about: "Frames on which no new model may be worse; usually with targets.",
  },
  {
    type: "scenario",
    name: "Scenario",
    plural: "Scenarios",
    isModelPerformance: true,
    about: "A situation worth watching, such as rain at night.",
  },
  {
    type: "bucket",
    name: "Bucket",
    plural: "Buckets",
    isModelPerformance: false,
    about: "Elements put together for any reason.",
  },
  {
    type: "frame_issue",
    name: "Frame Issue",
    plural: "Frame Issues",
    isModelPerformance: false,
    about: "Frames with something wrong in the picture or its metadata.",
  },
  {
    type: "label_quality",
    name: "Label Quality",
    plural: "Label Quality",
    isModelPerformance: false,
    about: "Labels to be looked at or drawn anew.",
  },
  {
    type: "collection_campaign",
    name: "Collection Campaign",
    plural: "Collection Campaigns",
    isModelPerformance: false,
    about: "Examples of what should be collected.",
  },
  {
    type: "work_queue",
    name: "Work Queue",
    plural: "Work Queues",
    isModelPerformance: false,
    about: "Elements waiting for somebody.",
  },
];

const byType = new Map<string, SegmentTypeLook>(SEGMENT_TYPES.map((look) => [look.type, look]));

/** The look of a type. */
export function segmentType(type: SegmentType): SegmentTypeLook {
  return byType.get(type) as SegmentTypeLook;
}

/** All states with their words. */
export const SEGMENT_STATES: Readonly<Record<SegmentState, string>> = {
  triage: "Triage",
  in_progress: "In progress",
  in_review: "In review",
  resolved: "Resolved",
  cancelled: "Cancelled",
};
