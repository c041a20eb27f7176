/* What of a page is cut off or lies on something else, as one sentence each. */
() => {
  const problems = new Set();
  const within = (one) => `${(one.closest("[id]") || {}).id}: ${one.textContent.trim().slice(0, 50)}`;
  const has = (pattern, one) => {
    const style = getComputedStyle(one);
    return pattern.test(`${style.overflowX} ${style.overflowY}`);
  };
  const above = (one) => {
    const found = [];
    for (let up = one; up && up !== document.documentElement; up = up.parentElement) found.push(up);
    return found;
  };
  const LEFT_OUT = ".hidden, script, style, select, .skip";

  /* Each text: its element, where its lines stand, what scrolls it, and in which chart it is. */
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const one = node.parentElement;
    if (!node.data.trim() || one.closest(LEFT_OUT)) continue;
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    const scroller = above(one).find((up) => has(/auto|scroll/, up));
    texts.push({ one, boxes, scroller, chart: one.closest("svg") });
  }

  const screen = document.documentElement.clientWidth;
  for (const { one, boxes, scroller, chart } of texts) {
    const frame = chart
      ? chart.getBoundingClientRect()
      : { left: 0, right: scroller ? Infinity : screen, top: -Infinity, bottom: Infinity };
    const out = boxes.some((box) => box.left < frame.left - 1 || box.right > frame.right + 1 ||
      box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
    if (out && (chart || !scroller)) problems.add(`outside its ${chart ? "chart" : "screen"}: ${within(one)}`);
    if (chart || one.closest("[title]")) continue; /* the whole text is shown when pointed at */
    for (const up of above(one)) {
      if (up === scroller) break;
      if (!has(/hidden|clip/, up)) continue;
      const edge = up.getBoundingClientRect();
      if (boxes.some((box) => box.right > edge.right + 1.5 || box.bottom > edge.bottom + 2))
        problems.add(`cut off: ${within(one)}`);
    }
  }

  const PLACES = ".card, .tile, header, nav, .filters";
  const lines = texts
    .flatMap((text) => text.boxes.map((box) => ({ ...text, box, place: text.one.closest(PLACES) })))
    .sort((a, b) => a.box.top - b.box.top);
  lines.forEach((a, index) => {
    for (let next = index + 1; next < lines.length && lines[next].box.top < a.box.bottom; next += 1) {
      const b = lines[next];
      if (a.one === b.one || a.scroller !== b.scroller || a.place !== b.place) continue;
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - b.box.top;
      /* Letters leave much of the height of a line free. */
      if (across > 3 && down > (a.chart ? 8 : 4))
        problems.add(`overlap: ${within(a.one)} | ${b.one.textContent.slice(0, 40)}`);
    }
  });

  const cards = [...document.querySelectorAll(".card, .tile")];
  cards.forEach((one, index) => cards.slice(index + 1).forEach((other) => {
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 1 && down > 1) problems.add(`cards overlap: ${one.id} | ${other.id}`);
  }));

  if (document.documentElement.scrollWidth > screen) problems.add("the page is wider than the screen");
  return [...problems];
}
