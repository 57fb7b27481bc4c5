/** What surrounds every page: theme, kept answers, messages, keys. */

import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { createQueryClient } from "@/api/queryClient";
import { ShortcutProvider } from "@/state/shortcuts";
import { ToastProvider } from "@/ui/Toasts";
import { theme } from "@/ui/theme";
import { SignInGate } from "./SignInGate";
import { schemeStorage } from "./scheme";

/** Providers around the page. */
export function Root() {
  const [kept] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} colorSchemeManager={schemeStorage} defaultColorScheme="auto">
      <QueryClientProvider client={kept}>
        <ShortcutProvider>
          <ToastProvider>
            <SignInGate>
              <Outlet />
            </SignInGate>
          </ToastProvider>
        </ShortcutProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
