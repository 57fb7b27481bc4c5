/** Every segment by every inference set; one report; two sets compared. */

import { Tabs } from "@mantine/core";
import { useChosenSets } from "@/state/chosenSets";
import { useSetView, useView } from "@/state/view";
import { Page as Frame } from "@/ui/Page";
import { EmptyState, LoadingState } from "@/ui/States";
import { CompareTab } from "./compare/CompareTab";
import classes from "./MetricsPage.module.css";
import { ScenariosTab } from "./matrix/ScenariosTab";
import { OutcomeDrawer } from "./outcomes/OutcomeDrawer";
import { ReportTab } from "./report/ReportTab";

const TABS = ["scenarios", "metrics", "compare"] as const;

/** The page. */
export function Page() {
  const view = useView();
  const setView = useSetView();
  const { all, isLoading } = useChosenSets();
  const tab = TABS.find((name) => name === view.tab) ?? "scenarios";
  if (isLoading) return <LoadingState label="Looking for inference sets" />;
  return (
    <Frame title="Metrics" isFull={tab === "scenarios"}>
      {all.length === 0 ? (
        <EmptyState
          title="No inference sets yet"
          commands={["shoal upload inferences my_model --coco-results results.json"]}
        >
          Upload a model's inferences, and every Model Performance segment is scored for it at once.
        </EmptyState>
      ) : (
        <Tabs
          value={tab}
          onChange={(value) => setView({ tab: value === "scenarios" ? undefined : (value ?? undefined) })}
          keepMounted={false}
          className={classes.tabs}
        >
          <Tabs.List>
            <Tabs.Tab value="scenarios">Scenarios</Tabs.Tab>
            <Tabs.Tab value="metrics">Metrics</Tabs.Tab>
            <Tabs.Tab value="compare">Compare</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="scenarios" className={classes.panel}>
            <ScenariosTab />
          </Tabs.Panel>
          <Tabs.Panel value="metrics" className={classes.panel}>
            <ReportTab />
          </Tabs.Panel>
          <Tabs.Panel value="compare" className={classes.panel}>
            <CompareTab />
          </Tabs.Panel>
        </Tabs>
      )}
      <OutcomeDrawer />
    </Frame>
  );
}
