/** The chosen colour scheme; `public/scheme.js` reads the same place before the first paint. */

import { localStorageColorSchemeManager } from "@mantine/core";

export const schemeStorage = localStorageColorSchemeManager({ key: "shoal.scheme" });
