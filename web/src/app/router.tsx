/** Addresses to pages: one tree, made from the list of features. */

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { type Place, pagePath } from "@/core/paths";
import { readView, type ViewSearch, writeView } from "@/core/url";
import { LoadingState } from "@/ui/States";
import { BareLayout, DatasetLayout } from "./DatasetLayout";
import { CrashPage, MissingPage } from "./faults";
import { FEATURES, type Feature } from "./features";
import { Root } from "./Root";
import { Shell } from "./Shell";

const DATASET = "/p/$project/d/$dataset";

const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: MissingPage,
  errorComponent: CrashPage,
  validateSearch: (search): ViewSearch => search as ViewSearch,
});

const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: "shell", component: Shell });

const datasetRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: DATASET,
  component: DatasetLayout,
});

const bareRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "bare",
  component: BareLayout,
});

const startRoute = createRoute({
  getParentRoute: () => datasetRoute,
  path: "/",
  beforeLoad: ({ params, search }) => {
    const start = FEATURES.find(({ link, path }) => link && !path.startsWith("/"));
    const href = start ? pagePath(params as Place, start.path as "explore", search) : "/";
    throw redirect({ href, replace: true });
  },
  component: Outlet,
});

const isOfDataset = ({ path }: Feature) => !path.startsWith("/");

const pageRoute = (feature: Feature, parent: typeof shellRoute | typeof datasetRoute | typeof bareRoute) =>
  createRoute({
    getParentRoute: () => parent as typeof shellRoute,
    path: feature.isBare ? `${DATASET}/${feature.path}` : feature.path,
    component: lazyRouteComponent(feature.load, "Page"),
  });

const routeTree = rootRoute.addChildren([
  shellRoute.addChildren([
    ...FEATURES.filter((feature) => !isOfDataset(feature)).map((feature) => pageRoute(feature, shellRoute)),
    datasetRoute.addChildren([
      startRoute,
      ...FEATURES.filter((feature) => isOfDataset(feature) && !feature.isBare).map((feature) =>
        pageRoute(feature, datasetRoute),
      ),
    ]),
  ]),
  bareRoute.addChildren(
    FEATURES.filter((feature) => isOfDataset(feature) && feature.isBare).map((feature) =>
      pageRoute(feature, bareRoute),
    ),
  ),
]);

/** Make the router; without a history, for the browser's own. */
export function createAppRouter(history?: RouterHistory) {
  return createRouter({
    ...(history ? { history } : {}),
    routeTree,
    parseSearch: (text) => readView(text) as Record<string, unknown>,
    stringifySearch: (search) => writeView(search as ViewSearch),
    defaultPendingComponent: LoadingState,
    defaultPendingMs: 200,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: MissingPage,
    scrollRestoration: true,
    scrollToTopSelectors: ["#content"],
  });
}
