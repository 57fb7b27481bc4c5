/** The class map: names, colours, what the model predicts each class as. */

import { ActionIcon, Button, Checkbox, ColorInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { useUpdateProject } from "@/api/projects";
import type { ProjectBody } from "@/api/types";
import { IconPlus, IconTrash } from "@/ui/icons";
import { InlineProblem } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import { type ClassDraft, classesOf, draftsOf, emptyDraft } from "./classMap";
import classes from "./ProjectPage.module.css";

const NEW = "new";

let lastKey = 0;

/** The class map; once frames were read, classes keep their names and none may go. */
export interface ClassMapEditorProps {
  readonly project: ProjectBody;
  readonly isInUse: boolean;
}

/** The editor; everything is sent at once. */
export function ClassMapEditor({ project, isInUse }: ClassMapEditorProps) {
  const [edited, setEdited] = useState<readonly ClassDraft[] | null>(null);
  const drafts = edited ?? draftsOf(project.classes);
  const isChanged = edited !== null;
  const update = useUpdateProject(project.name);
  const { tell } = useToasts();
  const set = (key: string, part: Partial<ClassDraft>) =>
    setEdited(drafts.map((draft) => (draft.key === key ? { ...draft, ...part } : draft)));
  const add = () => {
    lastKey += 1;
    setEdited([...drafts, emptyDraft(`${NEW} ${lastKey}`)]);
  };
  const wanted = classesOf(drafts);
  const save = () => {
    if (typeof wanted === "string") return;
    update.mutate(
      { classes: wanted },
      {
        onSuccess: () => {
          setEdited(null);
          tell({ text: "Saved the class map. Scores follow it." });
        },
      },
    );
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {drafts.length ? (
        <div className={classes.scroll}>
          <table className={classes.classes} aria-label="Class map">
            <thead>
              <tr>
                <th scope="col">Id</th>
                <th scope="col">Name</th>
                <th scope="col">Colour</th>
                <th scope="col">Predicted as</th>
                <th scope="col">Evaluated</th>
                <th scope="col">Ignore region</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {drafts.map((draft) => (
                <ClassRow
                  key={draft.key}
                  draft={draft}
                  isFixed={isInUse && !draft.key.startsWith(NEW)}
                  onChange={(part) => set(draft.key, part)}
                  onRemove={() => setEdited(drafts.filter(({ key }) => key !== draft.key))}
                />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p className={classes.dim}>Empty: the categories of the first upload become the class map.</p>
      )}
      {update.error ? <InlineProblem error={update.error} /> : null}
      <div className={classes.buttons}>
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
          Add class
        </Button>
        <Button type="submit" loading={update.isPending} disabled={!isChanged || typeof wanted === "string"}>
          Save class map
        </Button>
        {isChanged ? (
          <Button variant="subtle" color="gray" onClick={() => setEdited(null)}>
            Discard changes
          </Button>
        ) : null}
        {typeof wanted === "string" && isChanged ? (
          <span className={classes.fault} role="alert">
            {wanted}
          </span>
        ) : null}
      </div>
    </form>
  );
}

interface ClassRowProps {
  readonly draft: ClassDraft;
  readonly isFixed: boolean;
  readonly onChange: (part: Partial<ClassDraft>) => void;
  readonly onRemove: () => void;
}

function ClassRow({ draft, isFixed, onChange, onRemove }: ClassRowProps) {
  const called = draft.name || "new class";
  return (
    <tr>
      <td className={classes.place}>{draft.kept.id ?? ""}</td>
      <td className={classes.nameCell}>
        {isFixed ? (
          <span className="user-text">{draft.name}</span>
        ) : (
          <TextInput
            aria-label={`Name of ${called}`}
            value={draft.name}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
        )}
      </td>
      <td className={classes.colourCell}>
        <ColorInput
          size="xs"
          aria-label={`Colour of ${called}`}
          placeholder="automatic"
          value={draft.colour}
          withEyeDropper={false}
          withPreview={draft.colour !== ""}
          onChange={(colour) => onChange({ colour })}
        />
      </td>
      <td className={classes.nameCell}>
        <TextInput
          aria-label={`${called} is predicted as`}
          placeholder={draft.isEvaluated ? draft.name : "not evaluated"}
          value={draft.isEvaluated ? draft.trainName : ""}
          disabled={!draft.isEvaluated}
          onChange={(event) => onChange({ trainName: event.currentTarget.value })}
        />
      </td>
      <td>
        <Checkbox
          aria-label={`Evaluate ${called}`}
          checked={draft.isEvaluated}
          onChange={(event) => onChange({ isEvaluated: event.currentTarget.checked })}
        />
      </td>
      <td>
        <Checkbox
          aria-label={`Regions of ${called} are ignored`}
          checked={draft.ignoreInEval}
          onChange={(event) => onChange({ ignoreInEval: event.currentTarget.checked })}
        />
      </td>
      <td>
        {isFixed ? null : (
          <ActionIcon aria-label={`Remove ${called}`} onClick={onRemove}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </td>
    </tr>
  );
}
