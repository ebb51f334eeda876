// Uses a page as a reader would and tells the page around it what happened, as JSON.
"use strict";
(() => {
  const found = {};
  const svg = document.querySelector("#chart-iterator-age svg");
  const tip = document.querySelector(".tip");
  const polylines = () => svg.querySelectorAll("polyline").length;
  const labels = () => Array.from(svg.querySelectorAll(".plot text"), (one) => one.textContent);

  function point(chart, share, type) {
    const box = chart.getBoundingClientRect();
    const x = box.left + box.width * (74 + share * 780) / 900;
    const clientY = box.top + box.height / 2;
    const more = { bubbles: true, pointerType: "mouse", button: 0 };
    chart.dispatchEvent(new PointerEvent(type, { clientX: x, clientY, ...more }));
  }

  function luminance(colour) {
    const parts = colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255);
    const linear = parts.map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  function background(element) {
    if (element.ownerSVGElement) {
      return getComputedStyle(element.ownerSVGElement.querySelector("rect")).fill;
    }
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!colour.endsWith(", 0)")) return colour;
    }
    return "rgb(255, 255, 255)";
  }

  function worstContrast() {
    let worst = { ratio: 99, text: "" };
    for (const element of document.querySelectorAll("body *:not(script):not(:disabled)")) {
      const hasText = Array.from(element.childNodes).some((node) =>
        node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
      if (!hasText || element.getClientRects().length === 0) continue;
      const style = getComputedStyle(element);
      const [one, other] = [element.ownerSVGElement ? style.fill : style.color, background(element)]
        .map((colour) => luminance(colour) + 0.05);
      const ratio = Math.max(one, other) / Math.min(one, other);
      if (ratio < worst.ratio) worst = { ratio, text: element.textContent.slice(0, 40) };
    }
    return worst;
  }

  function use() {
    found.variants = document.querySelectorAll(".controls input").length;
    found.contrast = worstContrast();
    found.static = labels();
    found.polylines = polylines();
    // Hover.
    found.tipBefore = tip.hidden;
    point(svg, 0.5, "pointermove");
    found.tip = tip.hidden ? null : tip.innerText;
    found.dots = svg.querySelectorAll("circle").length;
    point(svg, 0.5, "pointerleave");
    found.tipAfter = tip.hidden;
    // Zoom, by dragging and back.
    const before = svg.outerHTML;
    point(svg, 0.25, "pointerdown");
    point(svg, 0.3, "pointermove");
    point(svg, 0.5, "pointerup");
    found.zoomed = labels();
    found.shown = document.querySelector(".shown").textContent;
    found.others = document.querySelector("#chart-backlog .plot:last-of-type").textContent;
    document.querySelector(".zoom button:last-of-type").click();
    found.isBack = svg.outerHTML === before;
    document.querySelector(".zoom button").click();
    found.zoomedIn = document.querySelector(".shown").textContent;
    document.querySelector(".zoom button:last-of-type").click();
    // Variants.
    const box = document.querySelector(".controls input");
    if (box) {
      const rows = document.querySelector("#chart-age-breakdown svg");
      const height = rows.viewBox.baseVal.height;
      box.click();
      found.polylinesWithout = polylines();
      found.lower = height - rows.viewBox.baseVal.height;
      point(svg, 0.5, "pointermove");
      found.tipWithout = tip.innerText;
      box.click();
      found.polylinesAgain = polylines();
    }
    // Shards.
    const blocked = document.querySelector("#chart-blocked-shards svg");
    const shard = document.querySelector("#chart-blocked-shards .toggles input");
    if (shard) {
      const height = blocked.viewBox.baseVal.height;
      shard.click();
      found.rowsLower = height - blocked.viewBox.baseVal.height;
      shard.click();
      found.rowsAgain = height - blocked.viewBox.baseVal.height;
    }
    point(blocked, 0.5, "pointermove");
    found.blockedTip = tip.hidden ? null : tip.innerText;
    point(blocked, 0.5, "pointerleave");
  }

  found.page = PAGE;
  found.width = innerWidth;
  found.content = document.documentElement.scrollWidth;
  found.isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  found.paper = getComputedStyle(document.body).backgroundColor;
  found.chart = getComputedStyle(svg.querySelector("rect")).fill;
  found.requests = performance.getEntriesByType("resource").length;
  found.images = document.querySelectorAll("img, iframe, link, object, embed").length;
  found.scripts = document.scripts.length;
  use();
  found.requests += performance.getEntriesByType("resource").length;
  parent.postMessage(JSON.stringify(found), "*");
})();
