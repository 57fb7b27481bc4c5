/** The top bar: project › dataset › inference sets, and the operating point. */

import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { useLocation } from "@tanstack/react-router";
import { useDatasets } from "@/api/datasets";
import { useProjects } from "@/api/projects";
import { type Place, pagePath, placePath } from "@/core/paths";
import { useGo, useMaybePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import { IconDown, IconHelp, IconSearch } from "@/ui/icons";
import { FEATURES } from "./features";
import { InferenceSetPicker } from "./InferenceSetPicker";
import { OperatingPointSliders } from "./OperatingPointSliders";
import classes from "./TopBar.module.css";

/** The top bar. */
export function TopBar({ onFind, onHelp }: { onFind: () => void; onHelp: () => void }) {
  const place = useMaybePlace();
  const hasOperatingPoint = useHasOperatingPoint(place);
  return (
    <header className={classes.bar}>
      <AppLink href="/" className={classes.home} aria-label="Shoal: all projects">
        <img src="/icon.svg" alt="" width={20} height={20} /> <span className={classes.word}>Shoal</span>
      </AppLink>
      {place ? (
        <>
          <ProjectMenu place={place} />
          <DatasetMenu place={place} />
          <InferenceSetPicker />
        </>
      ) : null}
      <span className={classes.space} />
      {place && hasOperatingPoint ? <OperatingPointSliders /> : null}
      <Tooltip label="Find (Ctrl K)">
        <ActionIcon aria-label="Find" onClick={onFind}>
          <IconSearch />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Shortcuts (?)">
        <ActionIcon aria-label="Shortcuts" onClick={onHelp}>
          <IconHelp />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

function useHasOperatingPoint(place: Place | null): boolean {
  const pathname = useLocation({ select: (location) => location.pathname });
  if (!place) return false;
  const rest = pathname.slice(placePath(place).length + 1);
  return FEATURES.some(
    ({ path, hasOperatingPoint }) =>
      hasOperatingPoint &&
      path.split("/")[0] === rest.split("/")[0] &&
      path.includes("/") === rest.includes("/"),
  );
}

function ProjectMenu({ place }: { place: Place }) {
  const { data: projects = [] } = useProjects();
  const go = useGo();
  return (
    <Crumb label="Project" name={place.project}>
      {projects.map(({ name }) => (
        <Menu.Item
          key={name}
          onClick={() => go(`/p/${encodeURIComponent(name)}`)}
          fw={name === place.project ? 600 : 400}
        >
          {name}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item onClick={() => go("/")}>All projects</Menu.Item>
    </Crumb>
  );
}

function DatasetMenu({ place }: { place: Place }) {
  const { data: datasets = [] } = useDatasets(place.project);
  const go = useGo();
  return (
    <Crumb label="Dataset" name={place.dataset}>
      {datasets.map(({ name }) => (
        <Menu.Item
          key={name}
          onClick={() => go(pagePath({ project: place.project, dataset: name }, "explore"))}
          fw={name === place.dataset ? 600 : 400}
        >
          {name}
        </Menu.Item>
      ))}
    </Crumb>
  );
}

function Crumb({ label, name, children }: { label: string; name: string; children: React.ReactNode }) {
  return (
    <>
      <span className={classes.arrow} aria-hidden="true">
        ›
      </span>
      <Menu position="bottom-start">
        <Menu.Target>
          <button type="button" className={classes.crumb}>
            <span className="visually-hidden">{label} </span>
            <span className="one-line">{name}</span>
            <IconDown size={12} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>{children}</Menu.Dropdown>
      </Menu>
    </>
  );
}
