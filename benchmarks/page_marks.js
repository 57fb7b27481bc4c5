// Runs inside the measured page before anything else does: marks of the browser's own clock, in milliseconds.
window.marks = (() => {
  // A message posted by the last step before painting arrives after it.
  const painted = (tell) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => tell(performance.now());
      channel.port2.postMessage(null);
    });
  // The page forbids `eval`, which Playwright's own waiting needs.
  const until = (look) =>
    new Promise((tell) => {
      const again = () => {
        const found = look();
        if (found) tell(found);
        else requestAnimationFrame(again);
      };
      again();
    });
  const filled = () => document.querySelector("[role=gridcell][data-place]");
  const grid = () => document.querySelector("[role=grid][aria-label=Frames]");
  const cells = [];
  const keys = [];
  let rows = null;

  addEventListener("keydown", ({ timeStamp }) => painted((at) => keys.push(at - timeStamp)), { capture: true });

  return {
    keys,
    hasMatrix: (n_cells) => until(() => document.querySelectorAll("#content td button").length >= n_cells),
    hasRows: () => until(() => filled() !== null).then(() => true),

    // Until the first element a selector finds has been painted, since navigation began.
    first: async (selector) => {
      await until(() => {
        const found = document.querySelector(selector);
        return found instanceof HTMLImageElement ? found.complete && found.naturalWidth : found !== null;
      });
      return new Promise(painted);
    },

    // The browser's own marks: first paint with content, and the largest so far.
    paints: () =>
      new Promise((tell) => {
        const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null;
        new PerformanceObserver((list) => tell({ first, largest: list.getEntries().at(-1).startTime })).observe({
          type: "largest-contentful-paint",
          buffered: true,
        });
      }),

    // From now on: every painting that follows a change within a cell.
    watchCells: () => {
      const isCell = ({ target }) => (target.parentElement ?? target).closest("td");
      new MutationObserver((changes) => {
        if (changes.some(isCell)) painted((at) => cells.push(at));
      }).observe(document.body, { subtree: true, characterData: true, childList: true, attributes: true });
    },

    startStep: () => {
      performance.clearResourceTimings();
      cells.length = 0;
      return performance.now();
    },

    // When the answer of a step had arrived and when cells were painted next.
    step: () =>
      until(() => {
        const answer = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/matrix"));
        const at = answer && cells.find((one) => one >= answer.responseEnd);
        return at && { answered: answer.responseEnd, painted: at };
      }),

    // From now on: rows in sight that are blank or not there, at each frame the browser draws.
    watchRows: () => {
      rows = { frames: 0, blank_rows: 0, longest_ms: 0 };
      let before = performance.now();
      const look = () => {
        if (!rows) return;
        const now = performance.now();
        const view = grid().getBoundingClientRect();
        let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
        for (const row of grid().querySelectorAll("[role=row]")) {
          const box = row.getBoundingClientRect();
          if (box.bottom <= view.top || box.top >= view.bottom) continue;
          [top, bottom] = [Math.min(top, box.top), Math.max(bottom, box.bottom)];
          if (row.querySelector("[aria-busy=true]")) rows.blank_rows += 1;
        }
        // Rows lie 12 pixels apart.
        if (top > view.top + 16 || bottom < view.bottom - 16) rows.blank_rows += 1;
        rows.frames += 1;
        rows.longest_ms = Math.max(rows.longest_ms, now - before);
        before = now;
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },

    stopRows: () => {
      const places = [...document.querySelectorAll("[role=gridcell][data-place]")].map(({ dataset }) => dataset.place);
      const seen = { ...rows, reached: Math.max(...places) };
      rows = null;
      return seen;
    },

    // Until rows are filled after the scrollbar was moved to a share of its way.
    jump: async (share) => {
      const start = performance.now();
      const before = filled().dataset.place;
      grid().scrollTop = share * grid().scrollHeight;
      await until(() => {
        const now = filled()?.dataset.place;
        return now !== undefined && now !== before && !grid().querySelector("[aria-busy=true]");
      });
      return performance.now() - start;
    },
  };
})();
