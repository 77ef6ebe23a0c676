/* 图：每个 [data-chart] 照旁边那段 JSON 画一张；数都在它旁边的表里，画不出来就说一声。
   数据：{kind: line | bars | stack | groups | heat, x: [], series: [{name, data}], unit, most, limit, limit_name, shade: [从, 到]} */
(() => {
  "use strict";
  const spots = [...document.querySelectorAll("[data-chart]")];
  if (!spots.length) return;

  const inks = (spot) => {
    const style = getComputedStyle(spot);
    const of = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
    // 后台用类名分明暗，别的页照系统的：样式表里写着。
    const dark = document.documentElement.classList.contains("dark") || of("--charts", "") === "dark";
    return {
      ink: of("--ink", "#222"), soft: of("--soft", "#666"), line: of("--line", "#ddd"), must: of("--must", "#a3241a"), paper: of("--paper", "#fff"), note: of("--note", "#fbf6e4"),
      family: style.fontFamily,
      // 也分得清的：深浅不同的绿、赭、蓝灰，明暗各一套。
      colours: dark ? ["#93c8a9", "#e6b65c", "#8fb3d9", "#f59a8f", "#c3b1e1", "#b8d8c5", "#d9c7a0", "#9aa5b1"]
        : ["#1f694c", "#b07a13", "#3b6a97", "#a3241a", "#6b5b95", "#5aa079", "#8a6d3b", "#5d6b78"],
    };
  };

  const base = (given, ink, heat) => ({
    animation: false,
    color: ink.colours,
    textStyle: { fontFamily: ink.family, color: ink.soft },
    grid: { left: 8, right: 16, top: heat || given.series.length === 1 ? 16 : 36, bottom: 8, containLabel: true },
    tooltip: {
      renderMode: "richText", trigger: heat ? "item" : "axis", confine: true, backgroundColor: ink.paper, borderColor: ink.line, textStyle: { color: ink.ink },
      valueFormatter: (value) => (value === null || value === undefined ? "—" : `${value}${given.unit || ""}`),
    },
    legend: !heat && given.series.length > 1 ? { top: 0, left: 0, type: "scroll", textStyle: { color: ink.ink }, pageTextStyle: { color: ink.soft } } : undefined,
  });

  const category = (data, ink) => ({ type: "category", data, axisLine: { lineStyle: { color: ink.line } }, axisTick: { show: false }, axisLabel: { color: ink.soft, hideOverlap: true } });
  const value = (given, ink) => ({
    type: "value", max: given.most !== undefined ? given.most : given.limit === undefined ? undefined : (seen) => Math.max(Math.ceil(seen.max), Math.ceil(given.limit * 1.25)),
    minInterval: given.unit ? undefined : 1, axisLabel: { color: ink.soft, formatter: `{value}${given.unit || ""}` }, splitLine: { lineStyle: { color: ink.line } },
  });

  const flat = (given, ink) => {
    // 名字长的横着画，日子竖着画。
    const named = given.kind === "groups" || (given.kind === "bars" && given.x.length < 12);
    const axes = named ? { yAxis: { ...category(given.x, ink), inverse: true, axisLabel: { color: ink.ink, interval: 0 } }, xAxis: value(given, ink) }
      : { xAxis: category(given.x, ink), yAxis: value(given, ink) };
    const limit = given.limit === undefined ? undefined : {
      silent: true, symbol: "none", lineStyle: { color: ink.must, type: "dashed" }, data: [{ yAxis: given.limit }],
      label: { formatter: given.limit_name || String(given.limit), position: "insideEndTop", color: ink.must },
    };
    return {
      ...base(given, ink, false), ...axes,
      series: given.series.map((one, index) => ({
        name: one.name, data: one.data, type: given.kind === "line" ? "line" : "bar", stack: given.kind === "stack" ? "all" : undefined,
        barMaxWidth: 28, showSymbol: false, connectNulls: false, lineStyle: { width: 2, type: index % 2 ? "dashed" : "solid" }, markLine: index ? undefined : limit,
      })),
    };
  };

  // 几点多少：一个格子一个圆，面积是多少；0 到 6 点垫一层底色。
  const heat = (given, ink) => {
    const cells = given.series.flatMap((one, row) => one.data.map((number, column) => [column, row, number])).filter((cell) => cell[2]);
    const most = Math.max(1, ...cells.map((cell) => cell[2]));
    const short = (name) => (name.length > 8 ? `${name.slice(0, 7)}…` : name);
    return {
      ...base(given, ink, true),
      tooltip: { ...base(given, ink, true).tooltip, formatter: (point) => `${given.series[point.value[1]].name} ${given.x[point.value[0]]}:00  ${point.value[2]}` },
      xAxis: { ...category(given.x, ink), splitLine: { show: true, lineStyle: { color: ink.line } } },
      yAxis: { ...category(given.series.map((one) => one.name), ink), inverse: true, axisLabel: { color: ink.ink, formatter: short } },
      series: [{
        type: "scatter", data: cells, symbolSize: (cell) => 6 + 22 * Math.sqrt(cell[2] / most), itemStyle: { color: ink.colours[0], opacity: 0.85 },
        markArea: given.shade ? { silent: true, itemStyle: { color: ink.note }, data: [[{ xAxis: given.shade[0] }, { xAxis: given.shade[1] }]] } : undefined,
      }],
    };
  };

  const draw = (spot) => {
    try {
      const given = JSON.parse(document.getElementById(spot.dataset.chart).textContent);
      const ink = inks(spot);
      const old = window.echarts.getInstanceByDom(spot);
      if (!old) spot.textContent = "";
      const chart = old || window.echarts.init(spot, null, { renderer: "canvas" });
      chart.setOption(given.kind === "heat" ? heat(given, ink) : flat(given, ink), true);
      return chart;
    } catch {
      spot.textContent = spot.dataset.fails;
      spot.classList.add("failed");
      return null;
    }
  };

  const redraw = () => spots.forEach(draw);
  spots.forEach((spot) => {
    spot.hidden = false;
    const chart = draw(spot);
    if (chart && window.ResizeObserver) new ResizeObserver(() => chart.resize()).observe(spot);
  });
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
})();
