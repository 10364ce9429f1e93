"""The style of a card in HTML: JupyterLab's variables where they are, calm colours of our own where they are not.

Everything is scoped by the class ``snb``.  Tones are chosen for a contrast of 4.5 : 1 at least on both grounds.  A theme is dark if JupyterLab or
VS Code says so, or, where neither speaks (an exported page), if the reader's system does.
"""

from __future__ import annotations

_LIGHT = (
    "--g:#fff;--t:#1f1f1f;--m:#5b5b5b;--l:#dcdcdc;--s:#f6f6f6;--a:#1565c0;--ok:#256b2a;--wa:#8f5300;--no:#b3261e;--pr:#5b2a86;"
)
_DARK = (
    "--g:#151515;--t:#e6e6e6;--m:#ababab;--l:#3d3d3d;--s:#1e1e1e;--a:#82b1ff;--ok:#81c784;--wa:#ffb74d;--no:#f2a09b;--pr:#d7a9e3;"
)

_RULES = (
    f"""
.snb{{{_LIGHT}}}
@media (prefers-color-scheme:dark){{.snb{{{_DARK}}}}}
[data-jp-theme-light=true] .snb,.vscode-light .snb{{{_LIGHT}}}
[data-jp-theme-light=false] .snb,.vscode-dark .snb{{{_DARK}}}
"""
    + """
.snb{--bg:var(--jp-layout-color1,var(--g));--tx:var(--jp-ui-font-color1,var(--t));--mu:var(--m);--li:var(--jp-border-color2,var(--l));
--so:var(--jp-layout-color2,var(--s));--ac:var(--jp-content-link-color,var(--a));--c:var(--mu);
box-sizing:border-box;container-type:inline-size;width:100%;max-width:760px;margin:4px 0 8px;background:var(--bg);color:var(--tx);border:1px solid var(--li);border-left:3px solid var(--c);
border-radius:6px;font:13px/1.5 var(--jp-ui-font-family,system-ui,"Noto Sans",sans-serif);overflow:hidden;text-align:left}
.snb *{box-sizing:border-box}
.snb.good,.snb .good{--c:var(--ok)}.snb.warn,.snb .warn{--c:var(--wa)}.snb.bad,.snb .bad{--c:var(--no)}.snb.busy,.snb .busy{--c:var(--ac)}.snb .neutral{--c:var(--mu)}
.snb .hd{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline;justify-content:space-between;padding:9px 14px;border-bottom:1px solid var(--li)}
.snb.bad .hd{background:color-mix(in srgb,var(--c) 9%,transparent)}
.snb .ti{font-size:14px;font-weight:600;overflow-wrap:anywhere;flex:1 1 300px}
.snb .mk{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}
.snb .st{color:var(--c);font-weight:600;white-space:nowrap}
.snb .bd{color:var(--pr);border:1px solid;background:color-mix(in srgb,var(--pr) 9%,transparent);border-radius:3px;padding:0 6px;font-size:11px;font-weight:600}
.snb .bd.op{color:var(--mu);background:none}
.snb .by{padding:11px 14px 12px}
.snb .by>*{margin:0 0 10px}.snb .by>:last-child{margin-bottom:0}
.snb p{margin:0;overflow-wrap:anywhere}
.snb .mu{color:var(--mu)}
.snb code,.snb pre{font-family:var(--jp-code-font-family,ui-monospace,"DejaVu Sans Mono",monospace);font-size:12px;color:inherit}
.snb code{background:var(--so);border-radius:3px;padding:1px 4px}
.snb pre{margin:0;background:var(--so);border:1px solid var(--li);border-radius:4px;padding:7px 10px;overflow:auto;line-height:1.45}
.snb pre code{background:none;padding:0;font-size:inherit}
.snb pre.cm{margin:3px 0 0;padding:5px 10px;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all;cursor:text}
.snb ul,.snb ol{list-style:none;margin:0;padding:0}.snb li{margin:0;padding:0}
.snb .ck>li{display:grid;grid-template-columns:20px minmax(0,1fr);margin:0 0 7px}.snb .ck>li:last-child{margin:0}
.snb .ic{color:var(--c);font-weight:700}
.snb .cd{font-weight:600;margin-right:2px}
.snb .nx>li{margin:6px 0 0}.snb .nx>li:first-child{margin-top:0}.snb .ck .nx{margin-top:3px}
.snb dl{display:grid;grid-template-columns:minmax(90px,max-content) minmax(0,1fr);gap:2px 14px;margin:0}
.snb dt{color:var(--mu);font-weight:400;margin:0;width:auto;float:none}.snb dd{margin:0;width:auto;float:none;overflow-wrap:anywhere}
.snb .tb{overflow-x:auto}
.snb table{border-collapse:collapse;width:100%;margin:0;font-size:13px;color:inherit;border:0}
.snb caption{text-align:left;color:var(--mu);padding:0 0 3px;caption-side:top;font-size:12px}
.snb tr,.snb tbody tr:nth-child(odd),.snb tbody tr:nth-child(even){background:none}
.snb th,.snb td{padding:4px 12px 4px 0;max-width:none;white-space:normal;text-align:left;font-weight:400;border:0;border-bottom:1px solid var(--li);vertical-align:baseline;overflow-wrap:break-word}
.snb thead th{color:var(--mu);font-size:12px}.snb tbody th{font-weight:600}.snb th.n{white-space:nowrap}.snb tr:last-child>*{border-bottom:0}
.snb .r{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.snb summary{cursor:pointer;color:var(--ac)}.snb summary:focus-visible{outline:2px solid var(--ac);outline-offset:2px}
.snb details>pre{margin-top:5px;max-height:420px}
.snb .ad{color:var(--ok)}.snb .de{color:var(--no)}
.snb .tl{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);text-align:center;font-size:12px;padding:2px 0}
.snb .tl small{display:block;color:var(--mu);font-size:11px}.snb .tl b{font-weight:600}.snb .tl span{overflow-wrap:anywhere}
.snb .sg{display:block;margin-bottom:3px;overflow:visible}
.snb .sg line{stroke:var(--li);stroke-width:2}.snb .sg line.on{stroke:var(--c)}.snb .bad .sg line.on{stroke:var(--ok)}
.snb .sg circle{fill:var(--c);stroke:var(--c)}.snb .sg circle.of{fill:var(--bg);stroke:var(--mu);stroke-dasharray:3 2}
.snb .sg text{fill:var(--bg);font-size:11px;font-weight:700}
.snb .ms>p{margin-bottom:3px}
.snb .ms ul{display:grid;grid-template-columns:max-content minmax(60px,1fr) max-content;gap:4px 12px}
.snb .ms li{display:grid;grid-template-columns:subgrid;grid-column:1/-1;align-items:center}
.snb .ms svg{width:100%;height:10px;background:var(--so);border:1px solid var(--li);border-radius:3px}
.snb .ms .us{fill:var(--mu)}.snb .ms .ne{fill:var(--ac)}.snb .ms .bad .ne{fill:var(--no)}.snb .ms .an .us{fill:var(--ac)}
.snb .sk ul{grid-template-columns:max-content 96px minmax(0,1fr)}
.snb .ms .sp{width:96px;height:22px;background:none;border:0}
.snb .sp polyline{fill:none;stroke:var(--mu);stroke-width:1.5}.snb .sp circle{fill:var(--mu)}.snb .sp .no{fill:var(--ac)}
.snb .good .sp .no,.snb .bad .sp .no{fill:var(--c)}
.snb .ft{border-top:1px solid var(--li);padding:7px 14px;color:var(--mu);font-size:12px}
.snb .vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@container (max-width:520px){.snb .tl{grid-auto-flow:row;text-align:left;gap:4px}.snb .tl li{display:grid;grid-template-columns:20px minmax(0,1fr);gap:8px}
.snb .sg line{display:none}.snb .ms ul,.snb .sk ul{grid-template-columns:1fr}.snb dl{grid-template-columns:1fr}.snb dd{margin-bottom:4px}}
@media (prefers-contrast:more){.snb,.snb.busy{--mu:var(--tx);--li:var(--tx);--so:var(--bg)}.snb a,.snb summary{text-decoration:underline}}
@media (forced-colors:active){.snb,.snb .hd,.snb pre,.snb .bd{border-color:CanvasText}.snb .st,.snb .ic,.snb .mu{color:CanvasText}
.snb .sg line.on,.snb .bad .sg line.on,.snb .sg circle{stroke:CanvasText}.snb .sg line{stroke:GrayText}.snb .sg circle{fill:CanvasText}.snb .sg circle.of{fill:Canvas}
.snb .sg text{fill:Canvas}.snb .ms .us,.snb .sp circle{fill:CanvasText}.snb .ms .ne,.snb .ms .bad .ne,.snb .ms .an .us,.snb .ms .sp .no{fill:Highlight}
.snb .sp polyline{stroke:CanvasText}}
@media print{.snb{break-inside:avoid}.snb details>pre{max-height:none}}
"""
)

#: A notebook has rules of its own for lists, tables and terms of all that is HTML (``.jp-RenderedHTMLCommon ul ul:not(.list-inline)``); ours are stronger.
STYLE = _RULES.replace("\n", "").replace(".snb ", ".snb.snb.snb ")
