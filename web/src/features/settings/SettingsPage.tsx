/** Facts about the server, the tokens, the theme, the keys. */

import { type MantineColorScheme, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useHealth } from "@/api/projects";
import { Command } from "@/ui/Command";
import { Page as PageFrame, Section } from "@/ui/Page";
import { ErrorState, LoadingState } from "@/ui/States";
import classes from "./SettingsPage.module.css";
import { Tokens } from "./Tokens";

const SCHEMES = [
  { value: "auto", label: "As the machine" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** The settings page. */
export function Page() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <PageFrame title="Settings">
      <div className={classes.parts}>
        <Section name="Appearance">
          <div>
            <SegmentedControl
              aria-label="Theme"
              data={SCHEMES}
              value={colorScheme}
              onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
            />
          </div>
        </Section>
        <Section name="Keyboard">
          <dl className={classes.facts}>
            {KEYS.map(([keys, about]) => (
              <div key={about}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key} className={classes.key}>
                      {key}
                    </kbd>
                  ))}
                </dt>
                <dd>{about}</dd>
              </div>
            ))}
          </dl>
        </Section>
        <Tokens />
        <Section name="Server">
          <Server />
        </Section>
      </div>
    </PageFrame>
  );
}

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [["?"], "all keys of the view that is open"],
  [["/"], "to the query bar"],
  [["Ctrl", "K"], "find a page, a segment, an inference set"],
  [["j", "k", "arrows"], "next and previous"],
  [["Space"], "select"],
  [["Esc"], "close what is open"],
];

function Server() {
  const { data: health, error, refetch } = useHealth();
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!health) return <LoadingState />;
  return (
    <>
      <dl className={classes.facts}>
        <div>
          <dt>Version</dt>
          <dd>{health.version}</dd>
        </div>
        <div>
          <dt>Data folder</dt>
          <dd className={classes.code}>{health.home}</dd>
        </div>
        <div>
          <dt>May read files under</dt>
          <dd>
            {health.roots.length ? (
              <ul className={classes.list}>
                {health.roots.map((root) => (
                  <li key={root} className={classes.code}>
                    {root}
                  </li>
                ))}
              </ul>
            ) : (
              "its data folder alone"
            )}
          </dd>
        </div>
        <div>
          <dt>Process</dt>
          <dd>{health.pid}</dd>
        </div>
        <div>
          <dt>Interface</dt>
          <dd>
            <a href="/api/docs">documentation of the HTTP interface</a>
          </dd>
        </div>
      </dl>
      <p className={classes.dim}>Let the server read images and files in another folder:</p>
      <Command text={`shoal serve --home ${health.home} --root /path/to/images`} />
    </>
  );
}
