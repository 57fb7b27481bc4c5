/** Files into a dataset: chosen, checked before anything is stored, read by a job. */

import { Button } from "@mantine/core";
import { useState } from "react";
import { useDataset } from "@/api/datasets";
import { useInferenceSets } from "@/api/inferenceSets";
import { isFinal } from "@/api/jobs";
import type { NamedFile } from "@/api/uploads";
import { usePlace } from "@/state/place";
import { Page as PageFrame, Section } from "@/ui/Page";
import { LoadingState } from "@/ui/States";
import { CommandsToCopy } from "./CommandsToCopy";
import { DropZone } from "./DropZone";
import { OptionsForm } from "./OptionsForm";
import { Outcome } from "./Outcome";
import { planFault, START_OPTIONS, suggestedName, type UploadOptions, usedSources } from "./plan";
import { Report } from "./Report";
import { Sending } from "./Sending";
import { SourceList } from "./SourceList";
import classes from "./UploadPage.module.css";
import { useSources } from "./useSources";
import { useUpload } from "./useUpload";

/** The upload page. */
export function Page() {
  const place = usePlace();
  const { data: dataset } = useDataset(place);
  const { data: sets } = useInferenceSets(place);
  if (!dataset || !sets) {
    return (
      <PageFrame title="Upload">
        <LoadingState />
      </PageFrame>
    );
  }
  return <Flow isEmptyDataset={dataset.n_frames === 0} setNames={sets.map(({ name }) => name)} />;
}

function Flow({ isEmptyDataset, setNames }: { isEmptyDataset: boolean; setNames: readonly string[] }) {
  const place = usePlace();
  const [options, setOptions] = useState<UploadOptions>(START_OPTIONS);
  const { sources, add, change, remove, clear } = useSources(isEmptyDataset);
  const upload = useUpload(place);
  const { phase, job } = upload;
  const isBusy =
    ["sending", "checking", "starting"].includes(phase.kind) || (job !== undefined && !isFinal(job));
  const isDone = job?.state === "succeeded";

  const take = async (files: readonly NamedFile[]) => {
    upload.reset();
    const all = await add(files);
    setOptions((now) => {
      const hasOwn = usedSources(all, "dataset").length > 0;
      const hasInferences = usedSources(all, "inferences").length > 0;
      const kind = hasOwn ? "dataset" : hasInferences ? "inferences" : now.kind;
      return { ...now, kind, name: now.name || suggestedName(all) };
    });
  };
  const fault = planFault(sources, options);
  const startAgain = () => {
    clear();
    setOptions({ ...START_OPTIONS, kind: "inferences" });
    upload.reset();
  };

  return (
    <PageFrame title={`Upload into ${place.dataset}`}>
      <div className={classes.columns}>
        <div className={classes.flow}>
          {isDone && job ? (
            <Outcome job={job} options={options} onAgain={startAgain} />
          ) : (
            <>
              <DropZone
                isDisabled={isBusy}
                isSmall={sources.length > 0}
                onFiles={(files) => void take(files)}
              />
              {sources.length ? (
                <>
                  <SourceList
                    sources={sources}
                    kind={options.kind}
                    isDisabled={isBusy}
                    onChange={(id, part) => {
                      upload.reset();
                      change(id, part);
                    }}
                    onRemove={(id) => {
                      upload.reset();
                      remove(id);
                    }}
                  />
                  <OptionsForm
                    options={options}
                    setNames={setNames}
                    isEmptyDataset={isEmptyDataset}
                    isDisabled={isBusy}
                    onChange={(part) => {
                      upload.reset();
                      setOptions((now) => ({ ...now, ...part }));
                    }}
                  />
                  <div className={classes.act}>
                    <Button
                      variant={phase.kind === "checked" ? "default" : "filled"}
                      disabled={fault !== null || isBusy}
                      loading={phase.kind === "checking"}
                      onClick={() => void upload.check(sources, options)}
                    >
                      Check files
                    </Button>
                    <span className={classes.dim}>{fault ?? "Nothing is stored by checking."}</span>
                  </div>
                  <Sending upload={upload} />
                  {phase.kind === "checked" || phase.kind === "starting" ? (
                    <Report
                      run={phase.run}
                      kind={options.kind}
                      isStarting={phase.kind === "starting"}
                      onStart={() => void upload.start(sources, options)}
                    />
                  ) : null}
                </>
              ) : null}
            </>
          )}
        </div>
        <aside className={classes.aside}>
          <Section name="The same in code">
            <CommandsToCopy sources={sources} options={options} place={place} />
          </Section>
        </aside>
      </div>
    </PageFrame>
  );
}
