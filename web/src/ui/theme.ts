/** Greys and one accent; one radius; three type sizes; a 4-pixel grid. */

import { createTheme, type MantineColorsTuple } from "@mantine/core";

const sea: MantineColorsTuple = [
  "#ecf5f9",
  "#d6e7f0",
  "#abcfe1",
  "#7cb5d1",
  "#579fc3",
  "#3f8cb4",
  "#2c7ba6",
  "#1f6a93",
  "#17587c",
  "#0d435f",
];

export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { sea },
  defaultRadius: 4,
  radius: { xs: "4px", sm: "4px", md: "4px", lg: "4px", xl: "4px" },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "13px", lg: "18px", xl: "18px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "24px", xl: "24px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "18px", lineHeight: "24px" },
      h2: { fontSize: "13px", lineHeight: "20px" },
      h3: { fontSize: "13px", lineHeight: "20px" },
    },
  },
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ["label", "input", "description", "error"] },
      styles: { description: { fontSize: "12px", lineHeight: "16px", marginTop: "4px" } },
    },
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs", comboboxProps: { transitionProps: { duration: 80 } } } },
    MultiSelect: { defaultProps: { size: "xs", comboboxProps: { transitionProps: { duration: 80 } } } },
    SegmentedControl: { defaultProps: { size: "xs", transitionDuration: 100 } },
    Checkbox: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    Radio: { defaultProps: { size: "xs" } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 80 } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: "sm" } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: "sm" } },
    Modal: {
      styles: { title: { fontWeight: 600 } },
      defaultProps: { transitionProps: { duration: 100 }, padding: "lg", centered: false, yOffset: "12vh" },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
  },
});
