/** The page's own style and script, the same in every export; and the policy that lets this script run and no other. Pure. */
import { sha256 } from '../domain/canonical.ts';

export const PAGE_STYLE = `
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--faint:#57606a;--line:#d5dbe1;--soft:#f4f6f8;--link:#0b5394;--bad:#b03a00;--good:#00694a}
@media (prefers-color-scheme:dark){:root{--page:#0f141a;--ink:#e8edf2;--faint:#9aa5b1;--line:#2a333d;--soft:#182029;--link:#79b8ff;--bad:#ff8f52;--good:#5fd6ac}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:84rem;padding:1rem 1.5rem 3rem;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,'Segoe UI','DejaVu Sans',sans-serif}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .5rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1.2rem 0 .3rem}
header p,footer p,#count{color:var(--faint);margin:.2rem 0}
a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.4rem .8rem}
figure{margin:1rem 0;overflow-x:auto;border:1px solid var(--line);border-radius:6px}figure svg{display:block;width:100%;min-width:60rem;height:auto}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:.4rem 1.5rem;margin:0}dt{color:var(--faint);font-size:.85em}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
thead th{position:sticky;top:0;background:var(--page);font-size:.85em;color:var(--faint)}
.wide{overflow:auto;max-height:80vh;border:1px solid var(--line);border-radius:6px}
td.n,td.t{white-space:nowrap;font-variant-numeric:tabular-nums}td.n{text-align:right}td.n a{color:inherit;text-decoration:none}
#timeline td:last-child{min-width:24rem;overflow-wrap:anywhere}#timeline td:nth-child(3){white-space:nowrap;color:var(--faint)}
tr.g-incident .x,tr.g-approval .x,tr.g-run .x{font-weight:600}tr.g-finding .x{color:var(--bad)}tr.gone .x{color:var(--good)}tr.g-step{color:var(--faint)}tr.g-note{background:var(--soft)}
tr:target{outline:2px solid var(--link);outline-offset:-2px}
small{display:block;color:var(--faint)}
pre{margin:.4rem 0;padding:.5rem .7rem;background:var(--soft);border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere;font:12.5px/1.45 'DejaVu Sans Mono',ui-monospace,monospace}
code{overflow-wrap:anywhere}
details{margin:.3rem 0}summary{cursor:pointer}
fieldset{border:1px solid var(--line);border-radius:6px;display:flex;flex-wrap:wrap;gap:.4rem 1.1rem;align-items:center}
select,input,button{font:inherit;color:inherit;background:var(--page);border:1px solid var(--line);border-radius:4px;padding:.15rem .4rem}
[hidden]{display:none!important}
@media print{:root{--page:#fff;--ink:#000;--faint:#444;--line:#bbb;--soft:#f4f6f8;--link:#000;--bad:#803000;--good:#004d36}
html{font-size:11px}body{max-width:none;padding:0;font-size:8.5pt;line-height:1.35}.skip,form{display:none!important}
h1{font-size:15pt;margin:0}h2{font-size:11pt;margin:4mm 0 1mm}h3{font-size:9.5pt;margin:3mm 0 1mm}h2,h3,summary{break-after:avoid}ul{margin:.5mm 0;padding-left:5mm}
figure{margin:2mm 0;border:0;overflow:visible;break-inside:avoid}figure svg{min-width:0}
dl{grid-template-columns:repeat(4,1fr);gap:.8mm 5mm}dt{font-size:7.5pt}dl div,tr,ul{break-inside:avoid}h3+p,h3+p+p{break-after:avoid}
th,td{padding:.5mm 1.5mm}thead{display:table-header-group}thead th{position:static}
.wide{overflow:visible;max-height:none;border:0;columns:2;column-gap:6mm;column-rule:1px solid var(--line)}
#timeline{table-layout:fixed;font-size:7pt;line-height:1.25}#timeline td:last-child{min-width:0}#timeline pre{margin:.5mm 0;padding:.5mm 1mm}.one-day .d{display:none}
#timeline th:nth-child(1){width:9mm}#timeline th:nth-child(2){width:27mm}#timeline.one-day th:nth-child(2){width:16mm}#timeline th:nth-child(3){width:21mm}#timeline th:nth-child(4){width:25mm}#timeline th:nth-child(5){width:12mm}#timeline td{overflow-wrap:anywhere}#timeline td:nth-child(3){white-space:normal;overflow-wrap:break-word}
#timeline small{display:inline;font-size:inherit}#timeline small::before{content:' · '}
.sent{columns:2;column-gap:6mm}.sent ul{display:flex;flex-wrap:wrap;gap:0 5mm;list-style:none;padding:0}details{margin:0 0 2mm}pre{font-size:6.5pt;line-height:1.3;padding:1mm 1.5mm;margin:1mm 0;background:none;border-left:2px solid var(--line);border-radius:0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
@page{size:A4 landscape;margin:10mm}
`;

export const PAGE_SCRIPT = `
'use strict';
(() => {
  const form = document.getElementById('filter');
  const rows = Array.from(document.querySelectorAll('#timeline tbody tr'));
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const member = document.getElementById('member');
  const words = document.getElementById('words');
  const count = document.getElementById('count');
  const show = () => {
    const kinds = new Set(Array.from(form.querySelectorAll('[name=kind]:checked'), (box) => box.value));
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, at) => {
      const fits = (member.value === '' || row.dataset.member === member.value) && kinds.has(row.dataset.kind)
        && (wanted === '' || texts[at].includes(wanted));
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = shown === rows.length ? rows.length + ' entries.' : shown + ' of ' + rows.length + ' entries.';
  };
  form.hidden = false;
  form.addEventListener('input', show);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => queueMicrotask(show));
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.closest('input,select')) return;
    event.preventDefault();
    words.focus();
  });
  document.querySelectorAll('figure [data-entry]').forEach((mark) => {
    mark.style.cursor = 'pointer';
    mark.addEventListener('click', () => { location.hash = 'e' + mark.dataset.entry; });
  });
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = Array.from(document.querySelectorAll('details:not([open])'));
    closed.forEach((each) => { each.open = true; });
  });
  addEventListener('afterprint', () => closed.forEach((each) => { each.open = false; }));
})();
`;

export function contentPolicy(): string {
  const digest = Buffer.from(sha256(PAGE_SCRIPT), 'hex').toString('base64');
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}
