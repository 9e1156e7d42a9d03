// Throughput, latency and errors, redrawn in place: Plotly.react with a constant uirevision keeps zoom and pan.
const SCRIPT = "contact-importer-plotly";

function plotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  if (!window.contactImporterPlotly) {
    window.contactImporterPlotly = new Promise((done, failed) => {
      const script = document.createElement("script");
      script.id = SCRIPT;
      script.src = url;
      script.onload = () => done(window.Plotly);
      script.onerror = () => failed(new Error("plotly"));
      document.head.appendChild(script);
    });
  }
  return window.contactImporterPlotly;
}

function layoutFor(style, data) {
  const text = style.getPropertyValue("--st-text-color").trim() || "#222";
  const line = style.getPropertyValue("--st-border-color").trim() || "#ddd";
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, rangemode: "tozero", fixedrange: false, tickformat: "," };
  const titled = (label, domain) => ({ ...axis, domain, title: { text: label, standoff: 6 }, nticks: 4 });
  return {
    uirevision: data.revision,
    height: data.height,
    margin: { l: 62, r: 16, t: 30, b: 34 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: text, size: 12, family: style.getPropertyValue("--st-font").trim() || "sans-serif" },
    hovermode: "x unified",
    hoverlabel: { bgcolor: style.getPropertyValue("--st-background-color").trim() || "#fff", font: { color: text } },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: line, activecolor: text, orientation: "h" },
    legend: { orientation: "h", y: -0.12, yanchor: "top", x: 0 },
    xaxis: { ...axis, autorangeoptions: { clipmin: 0, include: [0, data.shortest_s] }, nticks: 12, title: { text: "seconds of sending", standoff: 4 }, anchor: "y3" },
    yaxis: titled("rows/s", [0.7, 1]),
    yaxis4: titled("write units/s", [0.44, 0.64]),
    yaxis2: titled("ms", [0.2, 0.38]),
    yaxis3: { ...titled("errors", [0, 0.13]), nticks: 3 },
  };
}

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector('[data-part="plot"]');
  const style = getComputedStyle(root);
  plotly(data.script).then(
    (Plotly) => {
      root.dataset.ready = "yes";
      Plotly.react(root, data.traces, layoutFor(style, data), {
        displaylogo: false,
        showSendToCloud: false,
        responsive: true,
        displayModeBar: "hover",
        modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
      });
    },
    () => {
      root.textContent = "The chart could not be loaded. The numbers above are complete without it.";
    },
  );
  return () => {
    if (window.Plotly && root.data) window.Plotly.purge(root);
  };
}
