/** The left bar: one icon per page that can be gone to from anywhere. */

import { Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useLocation } from "@tanstack/react-router";
import { type Place, placePath } from "@/core/paths";
import { type ViewSearch, writeView } from "@/core/url";
import { usePresentOrLastPlace } from "@/state/lastPlace";
import { useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { IconMoon, IconSun } from "@/ui/icons";
import { FEATURES, type Feature } from "./features";
import classes from "./LeftBar.module.css";

/** The left bar. */
export function LeftBar() {
  const place = usePresentOrLastPlace();
  const view = useView();
  const pathname = useLocation({ select: (location) => location.pathname });
  const linked = FEATURES.filter(({ link, path }) => link?.icon && (place !== null || path.startsWith("/")));
  return (
    <nav className={classes.bar} aria-label="Main">
      {linked.map((feature) => (
        <BarLink
          key={feature.path}
          feature={feature}
          href={featureHref(feature, place, view)}
          pathname={pathname}
        />
      ))}
      <span className={classes.space} />
      <SchemeSwitch />
    </nav>
  );
}

/** What goes along from page to page: the query, the sets, the operating point. */
export function carriedView({ q, sets, baseline, conf, iou }: ViewSearch): ViewSearch {
  return { q, sets, baseline, conf, iou };
}

/** The address of a page that the bar or the palette leads to. */
export function featureHref(feature: Feature, place: Place | null, view: ViewSearch): string {
  if (feature.path.startsWith("/") || place === null) return feature.path;
  const carried = carriedView(view);
  // Numbers are of whole segments until somebody narrows them there.
  if (feature.path === "metrics") delete carried.q;
  return `${placePath(place)}/${feature.path}${writeView(carried)}`;
}

function BarLink({ feature, href, pathname }: { feature: Feature; href: string; pathname: string }) {
  if (!feature.link?.icon) return null;
  const { name, icon: Icon } = feature.link;
  const path = href.split("?")[0] ?? href;
  const isCurrent = path === "/" ? pathname === "/" : pathname === path || pathname.startsWith(`${path}/`);
  return (
    <Tooltip label={name} position="right">
      <AppLink
        href={href}
        className={classes.link}
        aria-label={name}
        aria-current={isCurrent ? "page" : undefined}
        onPointerEnter={() => void feature.load()}
        onFocus={() => void feature.load()}
      >
        <Icon size={20} />
      </AppLink>
    </Tooltip>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light") === "dark";
  const label = isDark ? "Light theme" : "Dark theme";
  return (
    <Tooltip label={label} position="right">
      <button
        type="button"
        className={classes.link}
        aria-label={label}
        onClick={() => setColorScheme(isDark ? "light" : "dark")}
      >
        {isDark ? <IconSun /> : <IconMoon />}
      </button>
    </Tooltip>
  );
}
