/** One suggestion: its picture, how near it is and to what, the two answers. */

import { UnstyledButton } from "@mantine/core";
import type { Ref } from "react";
import type { Suggestion } from "@/api/types";
import type { Answer } from "@/core/answers";
import { formatDistance, formatPercent } from "@/core/numbers";
import { framePath, type Place } from "@/core/paths";
import type { Size } from "@/render/geometry";
import { AppLink } from "@/ui/AppLink";
import { IconCheck, IconClose } from "@/ui/icons";
import { ElementPicture } from "@/ui/pictures/ElementPicture";
import type { Pictures } from "@/ui/pictures/usePictures";
import classes from "./similarity.module.css";

/** The room of the picture of the nearest member. */
const NEAREST: Size = { width: 84, height: 60 };

/** A suggestion in the grid. */
export interface SuggestionCellProps {
  readonly place: Place;
  readonly item: Suggestion;
  readonly pictures: Pictures;
  readonly view: Size;
  readonly answer: Answer | undefined;
  /** Probabilities rather than distances. */
  readonly isScored: boolean;
  readonly isActive: boolean;
  readonly ref: Ref<HTMLDivElement>;
  readonly onActivate: () => void;
  readonly onAnswer: (answer: Answer) => void;
}

/** The cell. */
export function SuggestionCell(props: SuggestionCellProps) {
  const { place, item, pictures, view, answer, isScored, isActive, ref, onActivate, onAnswer } = props;
  const { id, frame_id: frame, nearest } = item;
  const name = nameOf(props);
  const short = name.slice(0, 200);
  return (
    // biome-ignore lint/a11y/useSemanticElements: cells of a grid that is not a table
    <div
      ref={ref}
      role="gridcell"
      tabIndex={isActive ? 0 : -1}
      className={classes.cell}
      data-active={isActive || undefined}
      data-answer={answer}
      data-id={id}
      onFocus={onActivate}
    >
      <div className={classes.picture} style={view}>
        <ElementPicture pictures={pictures} id={id} view={view} />
        {nearest ? (
          <div className={classes.nearest} style={NEAREST} title={`Nearest: ${nearest.slice(0, 300)}`}>
            <ElementPicture pictures={pictures} id={nearest} view={NEAREST} isPlain />
          </div>
        ) : null}
        {answer ? <span className={classes.answer}>{answer}</span> : null}
      </div>
      <div className={classes.caption}>
        <AppLink
          href={framePath(place, frame)}
          tabIndex={isActive ? 0 : -1}
          className={`${classes.name} one-line`}
          title={name.slice(0, 500)}
        >
          {short}
        </AppLink>
        <span className={classes.number}>
          <span className="visually-hidden">{isScored ? ", likely, and its distance: " : ", distance "}</span>
          {isScored ? <strong>{formatPercent(Math.round(item.score * 1000) / 1000)}</strong> : null}
          <span className={isScored ? classes.dim : undefined}>{formatDistance(item.distance)}</span>
          {nearest ? <span className="visually-hidden">, nearest to {nearest.slice(0, 120)}</span> : null}
        </span>
      </div>
      <div className={classes.answers}>
        <AnswerButton answer="accepted" given={answer} name={short} isActive={isActive} onAnswer={onAnswer} />
        <AnswerButton
          answer="discarded"
          given={answer}
          name={short}
          isActive={isActive}
          onAnswer={onAnswer}
        />
      </div>
    </div>
  );
}

interface AnswerButtonProps {
  readonly answer: Answer;
  readonly given: Answer | undefined;
  readonly name: string;
  readonly isActive: boolean;
  readonly onAnswer: (answer: Answer) => void;
}

function AnswerButton({ answer, given, name, isActive, onAnswer }: AnswerButtonProps) {
  const isGiven = given === answer;
  const word = answer === "accepted" ? "Accept" : "Discard";
  const Icon = answer === "accepted" ? IconCheck : IconClose;
  return (
    <UnstyledButton
      className={classes.answerButton}
      data-answer={answer}
      data-given={isGiven || undefined}
      aria-pressed={isGiven}
      aria-label={`${word} ${name}`}
      title={isGiven ? "Take it back" : `${word} (${answer === "accepted" ? "A" : "D"})`}
      tabIndex={isActive ? 0 : -1}
      onClick={() => onAnswer(answer)}
    >
      <Icon size={14} /> {word}
    </UnstyledButton>
  );
}

function nameOf({ item, pictures }: Pick<SuggestionCellProps, "item" | "pictures">): string {
  const className = pictures.of(item.id)?.className;
  return className === undefined ? item.id : `${className} · ${item.frame_id}`;
}
