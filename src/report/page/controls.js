
  // Rows of shards, and rows of variants in other charts.

  function drawShards(chart) {
    const group = chart.svg.querySelector(".shards");
    group.replaceChildren();
    const inside = clipped(chart, group);
    const panels = chart.shards.filter((panel) => !hiddenVariants.has(panel.variant));
    let y = chart.top;
    let bottom = y + 20;
    for (const panel of panels) {
      const rows = panel.rows.filter(([shard]) => !hiddenShards.has(shard));
      text(group, 16, y + 14, panel.heading, "start", colours.ink, true);
      let top = y + 28;
      if (rows.length > 0) drawSpans(chart, inside, top, top + panel.row * rows.length);
      for (const [shard, bars] of rows) {
        const middle = top + panel.row / 2;
        text(group, chart.left - 8, middle, "shard " + shard, "end");
        line(inside, chart.left, middle, chart.right, middle, colours.grid);
        for (const [from, to, share, , fill, opacity] of bars) {
          const x = place(chart, from);
          const width = Math.max(place(chart, to) - x, 1);
          const height = (panel.row - 4) * Math.max(share, 0.1);
          const size = { x, y: top + panel.row - 2 - height, width, height };
          shape(inside, "rect", Object.assign(size, { fill, opacity }));
        }
        top += panel.row;
      }
      bottom = top;
      y = bottom + 6;
    }
    if (chart.shards.length > 0) drawTimeAxis(chart, group, bottom, true);
    chart.bottom = bottom;
    chart.cursor = shape(group, "g", { class: "cursor" });
    chart.drawnBottom = chart.drawnBottom || bottom;
    move(chart.svg, chart.height, bottom - chart.drawnBottom);
  }

  // Moves what stands below rows, and makes the drawing as high as is needed.
  function move(svg, height, by) {
    const below = svg.querySelectorAll(".below");
    for (const part of below) part.setAttribute("transform", "translate(0," + by + ")");
    svg.setAttribute("viewBox", "0 0 900 " + (height + by));
    svg.setAttribute("height", height + by);
  }

  function drawRows(svg) {
    let by = 0;
    for (const row of svg.querySelectorAll(".variant")) {
      const isHidden = hiddenVariants.has(Number(row.dataset.variant));
      row.style.display = isHidden ? "none" : "";
      row.setAttribute("transform", "translate(0," + by + ")");
      if (isHidden) by -= Number(row.dataset.height);
    }
    svg.dataset.height = svg.dataset.height || svg.getAttribute("height");
    move(svg, Number(svg.dataset.height), by);
  }

  function draw() {
    for (const chart of charts) {
      chart.plots.forEach((plot, index) => drawPlot(chart, plot, index));
      if (chart.svg.querySelector(".shards")) drawShards(chart);
    }
    for (const row of document.querySelectorAll(".variant")) {
      const svg = row.ownerSVGElement;
      if (row === svg.querySelector(".variant")) drawRows(svg);
    }
    hideValues();
    for (const update of updates) update();
  }

  // Values under the pointer.

  const tip = element("div", { class: "tip", role: "status" });
  tip.hidden = true;

  function hideValues() {
    tip.hidden = true;
    for (const chart of charts) {
      for (const one of chart.plots.concat(chart)) if (one.cursor) one.cursor.replaceChildren();
    }
  }

  // An SVG, because the style gives shapes their dark colours.
  function swatch(fill) {
    const made = shape(document.body, "svg", { class: "swatch", "aria-hidden": "true" });
    shape(made, "rect", { width: "100%", height: "100%", rx: 2, fill });
    made.remove();
    return made;
  }

  function valueRow(colour, name, value) {
    return element("p", {}, swatch(colour), element("span", {}, name), element("b", {}, value));
  }

  function nearest(line, at) {
    const index = Math.floor(at / line.step) - line.first;
    const value = line.v[index];
    return value === null || value === undefined ? null : index;
  }

  function showPlots(chart, at) {
    for (const plot of chart.plots) {
      if (chart.plots.length > 1) tip.append(element("p", { class: "head" }, plot.heading));
      const said = plot.kind === "age" ? seconds : count;
      for (const one of plot.lines.filter(isShown)) {
        const index = nearest(one, at);
        let value = "–";
        if (index !== null) {
          value = said(one.v[index]);
          const band = one.l ? [said(one.l[index]), said(one.h[index])] : [value, value];
          if (band[0] !== band[1]) value += " (" + band[0] + " to " + band[1] + ")";
          const dot = { cx: place(chart, at), cy: plot.y(one.v[index]), r: 3.5, fill: one.colour };
          shape(plot.cursor, "circle", dot);
        }
        tip.append(valueRow(one.colour, one.name, value));
      }
    }
  }

  function showShards(chart, at) {
    let isAny = false;
    for (const panel of chart.shards.filter((one) => !hiddenVariants.has(one.variant))) {
      const name = data.variants[panel.variant][0];
      for (const [shard, bars] of panel.rows.filter(([one]) => !hiddenShards.has(one))) {
        const bar = bars.find(([from, to]) => from <= at && at <= to);
        if (!bar) continue;
        isAny = true;
        const share = bar[2] < 0.995 ? " (" + Math.round(bar[2] * 100) + " % of the time)" : "";
        const length = seconds(bar[1] - bar[0]) + share;
        tip.append(valueRow(bar[4], name + ", shard " + shard, bar[3] + ", " + length));
      }
    }
    if (!isAny) tip.append(element("p", {}, "No shard shown is blocked."));
  }

  // Shows the values at a time, beside a point of the window.
  function showValues(chart, at, clientX, clientY) {
    hideValues();
    chart.at = at;
    const step = chart.plots.length > 0 ? chart.plots[0].lines.reduce(
      (most, one) => Math.max(most, one.step), 0) : 0;
    const from = step > 0 ? Math.floor(at / step) * step : at;
    const until = step > 0 ? " to " + moment(Math.min(from + step, end), step) : "";
    tip.replaceChildren(element("p", { class: "head" }, moment(from, step || 1) + until));
    const x = place(chart, at);
    for (const plot of chart.plots) line(plot.cursor, x, plot.top, x, plot.bottom, colours.ink);
    if (chart.cursor) line(chart.cursor, x, chart.top + 24, x, chart.bottom, colours.ink);
    if (chart.plots.length > 0) showPlots(chart, at); else showShards(chart, at);
    tip.hidden = false;
    const [width, height] = [tip.offsetWidth, tip.offsetHeight];
    const left = clientX + 16 + width > innerWidth ? clientX - 16 - width : clientX + 16;
    tip.style.left = Math.max(4, Math.min(left, innerWidth - width - 4)) + "px";
    tip.style.top = Math.max(4, Math.min(clientY + 16, innerHeight - height - 4)) + "px";
  }

  // Zoom.

  function zoom(from, to) {
    const least = end / 2000;
    const length = Math.min(end, Math.max(least, to - from));
    view.from = Math.max(0, Math.min(from, end - length));
    view.to = view.from + length;
    draw();
  }

  function zoomBy(factor, middle) {
    const around = middle === undefined ? (view.from + view.to) / 2 : middle;
    zoom(around - (around - view.from) * factor, around + (view.to - around) * factor);
  }

  function pan(share) {
    const by = (view.to - view.from) * share;
    const kept = Math.max(-view.from, Math.min(by, end - view.to));
    zoom(view.from + kept, view.to + kept);
  }

  function timeAt(chart, event) {
    const point = new DOMPoint(event.clientX, event.clientY);
    const x = point.matrixTransform(chart.svg.getScreenCTM().inverse()).x;
    if (x < chart.left - 4 || x > chart.right + 4) return null;
    const share = Math.max(0, Math.min(1, (x - chart.left) / (chart.right - chart.left)));
    return view.from + share * (view.to - view.from);
  }

  function listen(chart) {
    const svg = chart.svg;
    let dragged = null;
    let selection = null;
    const stop = () => {
      dragged = null;
      if (selection) selection.remove();
      selection = null;
    };
    svg.addEventListener("pointermove", (event) => {
      const at = timeAt(chart, event);
      if (at === null) return hideValues();
      showValues(chart, at, event.clientX, event.clientY);
      if (dragged === null) return undefined;
      const [from, to] = [Math.min(dragged, at), Math.max(dragged, at)];
      selection = selection || shape(svg, "rect", { fill: colours.ink, opacity: 0.12 });
      const size = { x: place(chart, from), width: place(chart, to) - place(chart, from) };
      Object.assign(size, { y: 0, height: svg.viewBox.baseVal.height });
      for (const [key, value] of Object.entries(size)) selection.setAttribute(key, value);
      return undefined;
    });
    svg.addEventListener("pointerleave", () => { stop(); hideValues(); });
    svg.addEventListener("pointerdown", (event) => {
      // A finger scrolls; it has the buttons.
      if (event.pointerType !== "touch" && event.button === 0) dragged = timeAt(chart, event);
    });
    svg.addEventListener("pointerup", (event) => {
      const at = timeAt(chart, event);
      const [from, to] = [Math.min(dragged, at), Math.max(dragged, at)];
      const isDragged = dragged !== null && at !== null
        && place(chart, to) - place(chart, from) > 6;
      stop();
      if (isDragged) zoom(from, to);
    });
    svg.addEventListener("dblclick", () => zoom(0, end));
    chart.figure.querySelector(".chart").addEventListener("keydown", (event) => {
      const step = (view.to - view.from) / 100;
      const known = { ArrowLeft: -step, ArrowRight: step };
      if (event.key in known) {
        const at = Math.min(view.to, Math.max(view.from, (chart.at || view.from) + known[event.key]));
        const box = svg.getBoundingClientRect();
        showValues(chart, at, box.left + box.width * place(chart, at) / 900, box.top + 40);
        event.preventDefault();
      } else if (event.key === "+") zoomBy(0.5, chart.at);
      else if (event.key === "-") zoomBy(2, chart.at);
      else if (event.key === "Escape") zoom(0, end);
    });
  }

  // Controls.

  const updates = [];

  function button(label, title, act, isUseful) {
    const made = element("button", { type: "button", title, "aria-label": title }, label);
    made.addEventListener("click", act);
    updates.push(() => { made.disabled = !isUseful(); });
    return made;
  }

  function toggle(name, colour, hidden, key) {
    const box = element("input", { type: "checkbox" });
    box.checked = true;
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(key); else hidden.add(key);
      draw();
    });
    const made = element("label", { class: "toggle" }, box);
    if (colour) made.append(swatch(colour));
    made.append(element("span", {}, name));
    return made;
  }

  function addControls() {
    const zoomed = element("div", { class: "zoom", role: "group", "aria-label": "Zoom in time" },
      button("+", "Zoom in", () => zoomBy(0.5), () => view.to - view.from > end / 1999),
      button("−", "Zoom out", () => zoomBy(2), isZoomed),
      button("◀", "Earlier", () => pan(-0.5), () => view.from > 0),
      button("▶", "Later", () => pan(0.5), () => view.to < end),
      button("All", "All of the time", () => zoom(0, end), isZoomed));
    const shown = element("span", { class: "quiet shown" });
    updates.push(() => {
      const step = (view.to - view.from) / 100;
      shown.textContent = isZoomed() ? moment(view.from, step) + " to " + moment(view.to, step)
        : matchMedia("(hover: hover)").matches ? "Drag over a chart to zoom" : "";
    });
    zoomed.append(shown);
    const bar = element("div", { class: "controls", role: "region", "aria-label": "Charts" }, zoomed);
    if (data.variants.length > 1) {
      const toggles = data.variants.map(([name, colour], index) =>
        toggle(name, colour, hiddenVariants, index));
      const group = { class: "toggles", role: "group", "aria-label": "Variants shown" };
      bar.append(element("div", group, ...toggles));
    }
    const first = document.querySelector("main > section:nth-of-type(2)");
    first.before(bar);
  }

  function addShards(chart) {
    const all = chart.shards.flatMap((panel) => panel.rows.map(([shard]) => shard));
    const shards = Array.from(new Set(all)).sort((one, other) => one - other);
    if (shards.length < 2) return;
    const toggles = shards.map((shard) => toggle("shard " + shard, null, hiddenShards, shard));
    const group = { class: "toggles", role: "group", "aria-label": "Shards shown" };
    chart.figure.prepend(element("div", group, ...toggles));
  }

  if (charts.length > 0) {
    for (const chart of charts) {
      listen(chart);
      addShards(chart);
    }
    addControls();
    document.body.append(tip);
    draw();
  }
})();
