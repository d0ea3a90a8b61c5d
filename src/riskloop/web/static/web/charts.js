// Draws every [data-chart]: its JSON script holds an ECharts option, the colours come from the theme.
"use strict";
(() => {
  const css = (name) => {
    // ECharts paints on a canvas, which knows no light-dark(): let the browser work the colour out.
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
    return `rgba(${red},${green},${blue},${alpha / 255})`;
  };
  const COLOURS = ["--rl-new", "--rl-attention", "--rl-closed", "--rl-assigned", "--rl-key-attention", "--rl-general"];

  const drawn = new Map();
  const draw = (place) => {
    const option = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const text = css("--tblr-secondary");
    const line = css("--tblr-border-color");
    const axis = (given) => ({
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: line } },
      ...given,
      nameTextStyle: { color: text, ...given.nameTextStyle },
      axisLabel: { color: text, hideOverlap: true, ...given.axisLabel },
    });
    const each = (axes) => (Array.isArray(axes) ? axes.map(axis) : axes && axis(axes));
    const colour = (name) => (typeof name === "string" && name.startsWith("--") ? css(name) : name);
    // Wherever in a series a colour of the theme is named, in its data as well.
    const coloured = (one) =>
      Array.isArray(one) ? one.map(coloured)
      : one && typeof one === "object" ? Object.fromEntries(Object.entries(one).map(([name, of]) => [name, coloured(of)]))
      : colour(one);
    const chart = drawn.get(place) ?? echarts.init(place, null, { renderer: "canvas" });
    drawn.set(place, chart);
    chart.setOption(
      {
        animation: false,
        color: COLOURS.map(css),
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        grid: { left: 8, right: 16, top: 32, bottom: 4, containLabel: true },
        ...option,
        // Tooltips and legends as drawn text: HTML would need inline styles, which the policy refuses.
        tooltip: {
          trigger: "axis",
          renderMode: "richText",
          backgroundColor: css("--tblr-bg-surface"),
          borderColor: line,
          textStyle: { color: css("--tblr-body-color"), fontSize: 12 },
          ...option.tooltip,
        },
        legend: { top: 0, right: 8, itemWidth: 12, itemHeight: 8, textStyle: { color: text }, ...option.legend },
        xAxis: each(option.xAxis),
        yAxis: each(option.yAxis),
        series: (option.series ?? []).map(coloured),
      },
      true,
    );
    // Where a click leads is told by the place on the axis, or by the point itself.
    chart.off("click");
    chart.on("click", (where) => {
      const to = where.data?.link ?? option.links?.[where.dataIndex];
      if (to) location.assign(to);
    });
    if (place.hasAttribute("tabindex")) byKeys(place, chart, option.series[0].data);
  };
  // Tiles by the keyboard: arrows go from one to the next, Enter follows its link.
  const byKeys = (place, chart, data) => {
    let at = -1;
    const say = (type, n) => chart.dispatchAction({ type, seriesIndex: 0, name: data[n]?.name });
    place.onkeydown = (key) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key.key];
      if (step) {
        key.preventDefault();
        say("downplay", at);
        at = (at + step + data.length) % data.length;
        say("highlight", at);
        say("showTip", at);
      } else if (key.key === "Enter" && data[at]?.link) location.assign(data[at].link);
    };
  };
  const all = () => {
    for (const place of document.querySelectorAll("[data-chart]")) draw(place);
  };
  all();
  document.addEventListener("riskloop:theme", all);
  document.addEventListener("htmx:afterSwap", all);
  addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
})();
