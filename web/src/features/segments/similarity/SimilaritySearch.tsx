/** Similarity Search: other elements that may belong, answered one by one, saved as the next version. */

import { ActionIcon, Button, SegmentedControl, Tooltip } from "@mantine/core";
import { useAnswers, useSaveAccepted } from "@/api/suggestions";
import { countOf, formatCount } from "@/core/numbers";
import { useChosenSets } from "@/state/chosenSets";
import { useExtra, useSetView, useView } from "@/state/view";
import { MissingVectors, NoEmbeddings } from "@/ui/embeddings/NoEmbeddings";
import { SpaceSelect } from "@/ui/embeddings/SpaceSelect";
import { type SpaceOf, useSpace } from "@/ui/embeddings/useSpace";
import { IconLeft, IconRefresh } from "@/ui/icons";
import { QueryBar } from "@/ui/QueryBar";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { useSegmentEdits } from "../edits";
import { ELEMENT_NOUNS } from "../links";
import { useUndo } from "../undo";
import { Answered } from "./Answered";
import { classifierNeeds, rankingWords, saveWords } from "./ranking";
import { Suggestions } from "./Suggestions";
import classes from "./similarity.module.css";
import { type RankingChoice, type Search, useSearch } from "./useSearch";

/** The address says which part is shown: `suggestions` or `answered`. */
export const SIMILAR = "similar";

/** The view. */
export function SimilaritySearch() {
  const { place, segment } = useSegmentEdits();
  const setView = useSetView();
  const { isLoading: hasNoSets } = useChosenSets();
  const spaceOf = useSpace(place, { elements: segment.elements, inferenceSet: segment.inference_set });
  const leave = () => setView({ q: undefined, extra: undefined });
  return (
    <section className={classes.view} aria-label="Similarity Search">
      {spaceOf.space && !hasNoSets && segment.n_elements > 0 ? (
        <InSpace spaceOf={spaceOf} space={spaceOf.space.name} onLeave={leave} />
      ) : (
        <>
          <div className={classes.head}>
            <Back onLeave={leave} />
          </div>
          {segment.n_elements === 0 ? (
            <EmptyState title="Nothing to start from">
              Suggestions lie near the members of a segment; this one has none. Add an element first.
            </EmptyState>
          ) : spaceOf.error ? (
            <ErrorState error={spaceOf.error} onRetry={spaceOf.retry} />
          ) : spaceOf.isLoading || hasNoSets ? (
            <LoadingState label="Looking for embeddings" />
          ) : (
            <NoEmbeddings
              place={place}
              elements={segment.elements}
              inferenceSet={segment.inference_set}
              purpose="Similarity Search"
            />
          )}
        </>
      )}
    </section>
  );
}

function Back({ onLeave }: { onLeave: () => void }) {
  return (
    <>
      <Tooltip label="Back to the elements">
        <ActionIcon aria-label="Back to the elements" onClick={onLeave}>
          <IconLeft size={16} />
        </ActionIcon>
      </Tooltip>
      <h2 className={classes.title}>Similarity Search</h2>
    </>
  );
}

interface InSpaceProps {
  readonly spaceOf: SpaceOf;
  readonly space: string;
  readonly onLeave: () => void;
}

function InSpace({ spaceOf, space, onLeave }: InSpaceProps) {
  const { place, segment } = useSegmentEdits();
  const { q = "" } = useView();
  const setView = useSetView();
  const { newest } = useChosenSets();
  const [part, setPart] = useExtra(SIMILAR);
  const search = useSearch(space);
  const isAnswered = part === "answered";
  const n_answered = search.accepted.length + search.discarded.length;
  return (
    <>
      <div className={classes.head}>
        <Back onLeave={onLeave} />
        <SegmentedControl
          aria-label="Shown"
          value={isAnswered ? "answered" : "suggestions"}
          onChange={setPart}
          data={[
            { value: "suggestions", label: "Suggestions" },
            { value: "answered", label: n_answered ? `Answered ${formatCount(n_answered)}` : "Answered" },
          ]}
        />
        <span className={classes.space} />
        <SpaceSelect spaces={spaceOf.spaces} value={space} onChange={spaceOf.choose} />
        <SaveButton />
      </div>
      {isAnswered ? (
        <Answered search={search} />
      ) : (
        <>
          <QueryBar
            place={place}
            value={q}
            elements={segment.elements}
            inferenceSet={segment.inference_set ?? newest}
            onChange={(query, options) => setView({ q: query || undefined }, options)}
          />
          {spaceOf.space ? <MissingVectors place={place} space={spaceOf.space} /> : null}
          {search.shown ? <Status search={search} /> : null}
          {search.error ? (
            <ErrorState error={search.error} onRetry={search.retry} />
          ) : search.shown ? (
            <Suggestions search={search} onLeave={onLeave} />
          ) : (
            <LoadingState label="Searching" />
          )}
        </>
      )}
    </>
  );
}

/** Saves what was accepted. */
function SaveButton() {
  const { place, segment, fail } = useSegmentEdits();
  const { data } = useAnswers(place, segment.name);
  const save = useSaveAccepted(place);
  const offerUndo = useUndo();
  const n = data?.accepted.length ?? 0;
  const run = () =>
    save.mutate(
      { segment: segment.name, revision: segment.revision },
      {
        onSuccess: (changed) =>
          offerUndo(
            `Added ${countOf(changed.n_elements - segment.n_elements, ELEMENT_NOUNS[segment.elements])}; this is version ${changed.version}.`,
            segment.version,
            changed,
          ),
        onError: fail,
      },
    );
  return (
    <Button disabled={n === 0} loading={save.isPending} onClick={run}>
      {saveWords(n, segment.version)}
    </Button>
  );
}

const RANKINGS: readonly { readonly value: RankingChoice; readonly label: string }[] = [
  { value: "auto", label: "Automatic" },
  { value: "nearest", label: "Nearest" },
  { value: "classifier", label: "Classifier" },
];

/** Which ranking is on, what the classifier needs, how to see what the answers changed. */
function Status({ search }: { search: Search }) {
  const { shown, newest, ranking, setRanking, n_answered, rankAnew, isRanking } = search;
  const latest = newest ?? shown;
  if (!shown || !latest) return null;
  const needs = classifierNeeds(latest);
  const isReadyNow = latest.classifier_is_ready && shown.ranking === "nearest" && ranking === "auto";
  return (
    <div className={classes.status}>
      <SegmentedControl
        aria-label="Ranking"
        value={ranking}
        onChange={(value) => setRanking(value as RankingChoice)}
        data={RANKINGS.map(({ value, label }) => ({
          value,
          label,
          disabled: value === "classifier" && !latest.classifier_is_ready && ranking !== "classifier",
        }))}
      />
      <output className={classes.words} aria-label="Ranking in force">
        {rankingWords(shown)}{" "}
        <span>{isReadyNow ? "The classifier is ready: rank anew to use it." : needs}</span>
      </output>
      <Button
        variant={n_answered ? "light" : "default"}
        leftSection={<IconRefresh size={14} />}
        disabled={n_answered === 0}
        loading={isRanking}
        onClick={rankAnew}
        title="Suggest again with what was answered (R)"
      >
        {n_answered ? `Rank anew with ${countOf(n_answered, "answer")}` : "Rank anew"}
      </Button>
    </div>
  );
}
