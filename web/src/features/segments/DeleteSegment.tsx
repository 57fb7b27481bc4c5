/** A question before a segment goes. */

import { useDeleteSegment } from "@/api/segments";
import type { SegmentBody } from "@/api/types";
import { countOf } from "@/core/numbers";
import type { Place } from "@/core/paths";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { useToasts } from "@/ui/Toasts";
import { ELEMENT_NOUNS } from "./links";

/** The segment to delete; `null` closes the dialog. */
export interface DeleteSegmentProps {
  readonly place: Place;
  readonly segment: SegmentBody | null;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Ask, then delete. */
export function DeleteSegment({ place, segment, onClose, onDeleted }: DeleteSegmentProps) {
  const remove = useDeleteSegment(place);
  const { tell, fail } = useToasts();
  const confirm = () => {
    if (!segment) return;
    remove.mutate(segment.name, {
      onSuccess: () => {
        tell({ text: `Deleted the segment “${short(segment.name)}”.` });
        onDeleted?.();
      },
      onError: fail,
      onSettled: onClose,
    });
  };
  return (
    <ConfirmDialog
      opened={segment !== null}
      title="Delete segment"
      action="Delete segment"
      isBusy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      {segment ? (
        <>
          <strong className="user-text">{short(segment.name)}</strong> with its{" "}
          {countOf(segment.version, "version")}, targets and comments. Its{" "}
          {countOf(segment.n_elements, ELEMENT_NOUNS[segment.elements])} stay in the dataset. This cannot be
          undone.
        </>
      ) : null}
    </ConfirmDialog>
  );
}

function short(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}
