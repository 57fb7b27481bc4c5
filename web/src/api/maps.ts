/** Maps of embeddings: where each element lies, what colours it, which of them a selection holds. */

import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Place } from "@/core/paths";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";

type Shapes = components["schemas"];
export type MapBody = Shapes["MapBody"];
export type MapColoursBody = Shapes["MapColoursBody"];
export type LegendEntry = Shapes["LegendEntry"];
export type Projection = Shapes["Projection"];
export type MapColoursRequest = Shapes["MapColoursRequest"];
export type MapMaskRequest = Shapes["MapMaskRequest"];

const ROOT = "/api/v1/projects/{project}/datasets/{dataset}/map";

/** Which map. */
export interface MapChoice {
  readonly space: string;
  readonly elements: Shapes["ElementKind"];
  readonly inference_set?: string;
  readonly method?: Projection;
}

/** The map that is there now; asked again while a better one is made. */
export const useMap = (place: Place, choice: MapChoice) =>
  useQuery({
    queryKey: keys.within(place, "map", choice),
    queryFn: async ({ signal }) => {
      const { bounds, ...map } = await answer(
        client.GET(ROOT, { params: { path: { ...place }, query: choice }, signal }),
      );
      return { ...map, bounds: bounds as MapBody["bounds"] };
    },
    placeholderData: keepPreviousData,
  });

/** x and y of every element in order; NaN where there is no point. Kept by the map's key. */
export const useMapPoints = (place: Place, choice: MapChoice, map: MapBody | undefined) =>
  useQuery({
    queryKey: keys.within(place, "map points", map?.key),
    queryFn: async ({ signal }) => {
      const query = { ...choice, method: map?.method as Projection, key: map?.key as string };
      const bytes = await answer(
        client.GET(`${ROOT}/points`, {
          params: { path: { ...place }, query },
          parseAs: "arrayBuffer",
          signal,
        }),
      );
      return new Float32Array(bytes as unknown as ArrayBuffer);
    },
    enabled: map !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

/** What every point is coloured by, and the legend. */
export const useMapColours = (place: Place, request: MapColoursRequest | null, map: MapBody | undefined) =>
  useQuery({
    queryKey: keys.within(place, "map colours", map?.key, request),
    queryFn: async ({ signal }) => {
      const body = request as MapColoursRequest;
      const found = await answer(
        client.POST(`${ROOT}/colours`, { params: { path: { ...place } }, body, signal }),
      );
      return { ...found, bytes: bytesOf(found.values) };
    },
    enabled: request !== null && map !== undefined,
    placeholderData: keepPreviousData,
  });

/** A colouring with its values as bytes. */
export type MapColours = MapColoursBody & { readonly bytes: Uint8Array<ArrayBuffer> };

const maskOptions = (place: Place, request: MapMaskRequest) =>
  queryOptions({
    queryKey: keys.within(place, "map mask", request),
    queryFn: async ({ signal }) => {
      const { count, mask } = await answer(
        client.POST(`${ROOT}/mask`, { params: { path: { ...place } }, body: request, signal }),
      );
      return { count, bits: bytesOf(mask) };
    },
  });

/** Which elements a selection holds, one bit each; `null` asks nothing. */
export const useMapMask = (place: Place, request: MapMaskRequest | null) =>
  useQuery({ ...maskOptions(place, request as MapMaskRequest), enabled: request !== null });

/** The same, asked once. */
export const fetchMapMask = (kept: QueryClient, place: Place, request: MapMaskRequest) =>
  kept.fetchQuery(maskOptions(place, request));

/** Make a map that keeps neighbourhoods, as a job. */
export function useComputeMap(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (body: Omit<MapChoice, "method">) =>
      answer(
        client.POST(`${ROOT}/compute`, {
          params: { path: { ...place } },
          body: { ...body, method: "pacmap" as const },
        }),
      ),
    onSuccess: async () => {
      await kept.invalidateQueries({ queryKey: keys.within(place, "map") });
      await kept.invalidateQueries({ queryKey: keys.jobs });
    },
  });
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
