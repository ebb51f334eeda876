// Values under the pointer, zoom in time, and switching variants and shards of a page's charts.
//
// Every plot is drawn again from the figures within the page, with the axes of chart/axis.rs.
// Texts are set as text, never as HTML. Left out: anything the page does not show without scripts.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("figures").textContent);
  const colours = data.colours;
  const hiddenVariants = new Set();
  const hiddenShards = new Set();
  const charts = data.charts.map((chart) => {
    const figure = document.getElementById("chart-" + chart.name);
    return Object.assign(chart, { figure, svg: figure.querySelector("svg"), group: null });
  });
  const end = charts.reduce((most, chart) => Math.max(most, chart.end), 0) || 60;
  const view = { from: 0, to: end };
  // The layout as drawn without scripts, which moves when rows are hidden.
  const isZoomed = () => view.from > 0 || view.to < end;

  // Elements.

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function shape(parent, name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  }

  function line(parent, x1, y1, x2, y2, stroke) {
    return shape(parent, "line", { x1, y1, x2, y2, stroke });
  }

  function text(parent, x, y, said, anchor, fill, bold) {
    const attributes = { x, y, dy: ".36em", "text-anchor": anchor, fill: fill || colours.quiet };
    if (bold) Object.assign(attributes, { "font-weight": "bold", "font-size": 13 });
    const made = shape(parent, "text", attributes);
    made.textContent = said;
    return made;
  }

  // Figures in words, as report/figures.rs writes them.

  function digits(value) {
    if (value === 0) return "0";
    const rounded = Number(value.toPrecision(3));
    const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
    const said = rounded.toFixed(Math.min(decimals, 20));
    return said.includes(".") ? said.replace(/\.?0+$/, "") : said;
  }

  function inUnit(value, units) {
    const size = Math.abs(Number(value.toPrecision(3)));
    const found = units.find(([below]) => size < below);
    return digits(value / found[1]) + found[2];
  }

  const seconds = (value) => value === 0 ? "0 s" : inUnit(value, [
    [1e-3, 1e-6, " µs"], [1, 1e-3, " ms"], [120, 1, " s"], [3600, 60, " min"],
    [172800, 3600, " h"], [Infinity, 86400, " d"]]);
  const count = (value) => inUnit(value, [
    [1e3, 1, ""], [1e6, 1e3, " k"], [1e9, 1e6, " M"], [Infinity, 1e9, " G"]]);

  function moment(value, step) {
    const whole = Math.round(value / Math.min(step, 1)) * Math.min(step, 1);
    const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].map(([unit, name], place) => {
      const above = place === 0 ? Infinity : [86400, 3600, 60][place - 1];
      const share = (whole % above) / unit;
      return [unit === 1 ? Number(share.toFixed(3)) : Math.floor(share + 1e-9), name, unit];
    });
    const shown = parts.filter(([amount, , unit]) => amount > 0 && (unit >= 1 || step < 60));
    return shown.map(([amount, name]) => amount + " " + name).join(" ") || "0";
  }

  // Axes.

  function decimalStep(top, most) {
    const power = Math.pow(10, Math.floor(Math.log10(top / most)));
    return [1, 2, 5, 10].map((digit) => digit * power).find((step) => top / step <= most)
      || 10 * power;
  }

  function timeStep(top, most) {
    if (top / most <= 0.5) return decimalStep(top, most);
    const steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800,
      14400, 21600, 43200, 86400, 172800, 432000, 864000, 1728000, 4320000];
    return steps.find((step) => top / step <= most) || decimalStep(top / 86400, most) * 86400;
  }

  function stepLabel(value, step, top) {
    if (value === 0) return "0";
    const [unit, name] = top < 1e-3 ? [1e-6, "µs"] : top < 1 ? [1e-3, "ms"] : step < 60 ? [1, "s"]
      : step < 3600 ? [60, "min"] : step < 86400 ? [3600, "h"] : [86400, "d"];
    return Number((value / unit).toFixed(3)) + " " + name;
  }

  function countLabel(value) {
    const [unit, name] = value < 1e3 ? [1, ""] : value < 1e6 ? [1e3, " k"]
      : value < 1e9 ? [1e6, " M"] : [1e9, " G"];
    return Number((value / unit).toFixed(3)) + name;
  }

  function timeTicks() {
    const length = view.to - view.from;
    const step = timeStep(length, isZoomed() ? 6 : 9);
    const ticks = [];
    for (let at = Math.ceil(view.from / step - 1e-9); at * step <= view.to + 1e-9; at += 1) {
      const value = at * step;
      ticks.push([value, isZoomed() ? moment(value, step) : stepLabel(value, step, end)]);
    }
    return ticks;
  }

  function linearAxis(top, step, label) {
    const last = Math.ceil(top * 1.02 / step - 1e-9);
    const ticks = Array.from({ length: last + 1 }, (_, at) => [at * step, label(at * step)]);
    return { high: last * step, position: (value) => value / (last * step), ticks };
  }

  function logarithmicAxis(low, high) {
    const ladder = [[1e-3, "1 ms"], [1e-2, "10 ms"], [0.1, "100 ms"], [1, "1 s"], [10, "10 s"],
      [60, "1 min"], [600, "10 min"], [3600, "1 h"], [21600, "6 h"], [86400, "1 d"],
      [604800, "7 d"], [6048000, "70 d"]];
    const position = (value) => Math.log(Math.max(value, low) / low) / Math.log(high / low);
    const ticks = ladder.filter(([value]) => low <= value && value <= high);
    return { logarithmic: true, position, ticks };
  }

  function valueAxis(plot, values) {
    const positive = values.filter((value) => value > 0);
    const low = positive.reduce((one, other) => Math.min(one, other), Infinity);
    const high = positive.reduce((one, other) => Math.max(one, other), 0);
    const limit = plot.limits.reduce((most, [value]) => Math.max(most, value), 0);
    const top = Math.max(high, limit) || 1;
    if (plot.kind === "count") return linearAxis(top, decimalStep(top, 6), countLabel);
    const isSpread = high / low > 1000 || (high > 0 && limit > 8 * high);
    if (isSpread) return logarithmicAxis(Math.max(low, 1e-3) / 1.3, top * 1.5);
    const step = timeStep(top, 6);
    return linearAxis(top, step, (value) => stepLabel(value, step, top));
  }

  // Plots of lines.

  const isShown = (line) => line.variant === null || !hiddenVariants.has(line.variant);
  const place = (chart, at) =>
    chart.left + (at - view.from) / (view.to - view.from) * (chart.right - chart.left);

  function timeOf(line, index) {
    const from = (line.first + index) * line.step;
    return (from + Math.min(from + line.step, Math.max(end, from))) / 2;
  }

  // Indices of the points within the view, and one to either side.
  function inView(line) {
    const index = (at) => Math.floor(at / line.step) - line.first;
    return [Math.max(0, index(view.from) - 1), Math.min(line.v.length - 1, index(view.to) + 1)];
  }

  function pieces(line) {
    const [from, to] = inView(line);
    const found = [];
    let last = -Infinity;
    for (let index = from; index <= to; index += 1) {
      if (line.v[index] === null || line.v[index] === undefined) continue;
      const at = timeOf(line, index);
      if (at - last > line.gap || found.length === 0) found.push([]);
      found[found.length - 1].push(index);
      last = at;
    }
    return found;
  }

  function drawLine(chart, plot, line, axis, parent) {
    const y = (value) => plot.bottom - axis.position(value) * (plot.bottom - plot.top);
    const point = (index, values) =>
      place(chart, timeOf(line, index)).toFixed(1) + "," + y(values[index]).toFixed(1);
    for (const piece of pieces(line)) {
      if (line.l && piece.length > 1) {
        const low = piece.slice().reverse().map((index) => point(index, line.l));
        const points = piece.map((index) => point(index, line.h)).concat(low).join(" ");
        shape(parent, "polygon", { points, fill: line.colour, opacity: 0.18 });
      }
      let points = piece.map((index) => point(index, line.v)).join(" ");
      if (piece.length === 1) {
        const [at, height] = [timeOf(line, piece[0]), y(line.v[piece[0]]).toFixed(1)];
        const ends = [at - line.step / 2, at + line.step / 2];
        points = ends.map((one) => place(chart, one).toFixed(1) + "," + height).join(" ");
      }
      const attributes = { points, fill: "none", stroke: line.colour, "stroke-width": line.width };
      shape(parent, "polyline", attributes);
    }
  }

  function clipped(chart, parent) {
    const name = "clip-" + chart.name;
    if (!document.getElementById(name)) {
      const clip = shape(shape(chart.svg, "defs", {}), "clipPath", { id: name });
      const width = chart.right - chart.left;
      shape(clip, "rect", { x: chart.left, y: -9999, width, height: 19999 });
    }
    return shape(parent, "g", { "clip-path": "url(#" + name + ")" });
  }

  function drawSpans(chart, parent, top, bottom) {
    for (const [from, to] of chart.spans) {
      const [x, right] = [place(chart, from), place(chart, to)];
      if (right - x < 1) {
        line(parent, x, top, x, bottom, colours.axis);
      } else {
        const size = { x, y: top, width: right - x, height: bottom - top };
        shape(parent, "rect", Object.assign(size, { fill: colours.shade }));
      }
    }
  }

  function drawSpanLabels(chart, parent, y) {
    let free = chart.left;
    for (const [from, to, label] of chart.spans) {
      if (to < view.from || from > view.to) continue;
      const made = text(parent, 0, y, label, "middle");
      const half = made.getComputedTextLength() / 2;
      const [one, other] = [Math.max(from, view.from), Math.min(to, view.to)];
      const middle = (place(chart, one) + place(chart, other)) / 2;
      const x = Math.max(chart.left + half, Math.min(middle, chart.right - half));
      if (x - half < free) {
        made.remove();
      } else {
        made.setAttribute("x", x);
        free = x + half + 8;
      }
    }
  }

  function drawTimeAxis(chart, parent, bottom, withLabels) {
    line(parent, chart.left, bottom, chart.right, bottom, colours.axis);
    for (const [value, label] of timeTicks()) {
      const x = place(chart, value);
      line(parent, x, bottom, x, bottom + 5, colours.axis);
      if (withLabels) text(parent, x, bottom + 15, label, "middle");
    }
    const middle = (chart.left + chart.right) / 2;
    if (withLabels) text(parent, middle, bottom + 33, "simulated time", "middle");
  }

  function drawPlot(chart, plot, index) {
    const group = chart.svg.querySelector(".plot[data-plot='" + index + "']");
    const headingY = group.querySelector("text").getAttribute("y");
    group.replaceChildren();
    const lines = plot.lines.filter(isShown);
    const values = lines.flatMap((line) => pieces(line).flat().flatMap((at) =>
      line.l ? [line.v[at], line.l[at], line.h[at]] : [line.v[at]]));
    const axis = valueAxis(plot, values);
    const scale = axis.logarithmic ? " (logarithmic scale)" : "";
    text(group, 16, headingY, plot.heading + scale, "start", colours.ink, true);
    if (index === 0) drawSpanLabels(chart, group, plot.top - 10);
    const inside = clipped(chart, group);
    drawSpans(chart, inside, plot.top, plot.bottom);
    const y = (value) => plot.bottom - axis.position(value) * (plot.bottom - plot.top);
    if (values.length > 0) {
      for (const [value, label] of axis.ticks) {
        line(inside, chart.left, y(value), chart.right, y(value), colours.grid);
        text(group, chart.left - 8, y(value), label, "end");
      }
      let above = Infinity;
      for (const [value, label] of plot.limits.slice().sort((one, other) => one[0] - other[0])) {
        line(inside, chart.left, y(value), chart.right, y(value), colours.limit);
        const at = Math.min(y(value), above - 15);
        text(group, chart.right + 5, at, label, "start", colours.limit);
        above = at;
      }
      for (const one of lines) drawLine(chart, plot, one, axis, inside);
    } else {
      const middle = [(chart.left + chart.right) / 2, (plot.top + plot.bottom) / 2];
      const why = plot.lines.every((line) => line.v.length === 0 || line.v[0] === undefined)
        ? plot.empty : "Nothing to show here.";
      text(group, middle[0], middle[1], why, "middle");
    }
    drawTimeAxis(chart, group, plot.bottom, index === chart.plots.length - 1);
    plot.cursor = shape(group, "g", { class: "cursor" });
    plot.y = y;
  }
