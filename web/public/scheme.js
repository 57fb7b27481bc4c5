// Before the first paint: the chosen colour scheme, so that nothing flashes.
(() => {
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("shoal.scheme") ?? "auto";
  } catch {
    // Storage is switched off: the machine's scheme it is.
  }
  const dark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
