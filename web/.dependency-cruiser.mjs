// The rooms of the page and who may enter which; see README.md.
const below = {
  core: [],
  api: ["core"],
  render: ["core"],
  state: ["core", "api"],
  ui: ["core", "api", "render", "state"],
};

const rooms = Object.keys(below).map((room) => ({
  name: `${room} knows ${below[room].join(", ") || "nothing else"}`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^src/", pathNot: `^src/(${[room, ...below[room]].join("|")})/` },
}));

export default {
  forbidden: [
    ...rooms,
    {
      name: "features are strangers to one another",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    {
      name: "features know nothing of the app",
      severity: "error",
      from: { path: "^src/features/" },
      to: { path: "^src/app/" },
    },
    {
      name: "core is pure",
      severity: "error",
      from: { path: "^src/core/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["npm", "npm-dev"] },
    },
    { name: "no circles", severity: "error", from: {}, to: { circular: true } },
    { name: "what is imported exists", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".css"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
