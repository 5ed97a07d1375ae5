/** Light and dark by the reader's own setting; one column that a phone can show. */
export const DOCS_STYLE = `
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1d1d1b;--soft:#6b6b66;--line:#e4e3df;--accent:#0b6e4f;
--get:#0b6e4f;--post:#8a5a00;--patch:#5b3fa8;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--bg:#131412;--card:#1c1d1b;--ink:#e9e8e4;--soft:#9a9993;--line:#33342f;
--accent:#5fd0a5;--get:#5fd0a5;--post:#e3b04b;--patch:#b8a1f5;--delete:#f2867e}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.55 system-ui,sans-serif}
header,main{max-width:62rem;margin:0 auto;padding:1.5rem 1.25rem 0}
h1{font-size:1.7rem;margin:.5rem 0}h1 small{font-size:1rem;font-weight:400;color:var(--soft)}
h2{font-size:1.2rem;margin:2.5rem 0 .25rem;text-transform:capitalize}
h4{margin:1.25rem 0 .4rem;font-size:.8rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft)}
a{color:var(--accent)}section>p{color:var(--soft);margin:.1rem 0 .8rem}section{scroll-margin-top:3.5rem}
nav{position:sticky;top:0;z-index:1;background:var(--bg);border-bottom:1px solid var(--line);padding:.6rem 1.25rem;
display:flex;gap:1.1rem;overflow-x:auto;max-width:62rem;margin:0 auto}
nav a{text-decoration:none;white-space:nowrap}
details{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:.45rem 0}
summary{cursor:pointer;padding:.55rem .9rem;display:flex;gap:.8rem;align-items:baseline;flex-wrap:wrap}
summary span{color:var(--soft)}details>div{padding:.1rem 1rem 1rem;border-top:1px solid var(--line)}
summary b{min-width:4rem;text-transform:uppercase;font-size:.8rem}
.get{color:var(--get)}.post{color:var(--post)}.patch,.put{color:var(--patch)}.delete{color:var(--delete)}
.good{color:var(--get)}.bad{color:var(--delete)}
.token{margin-left:auto;border:1px solid var(--line);border-radius:99px;padding:0 .6rem;font-size:.75rem}
code,pre{font-family:ui-monospace,monospace;font-size:.88em}
pre{background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:.7rem .9rem;overflow-x:auto}
table{border-collapse:collapse;width:100%}td{border-top:1px solid var(--line);padding:.35rem .6rem .35rem 0;
vertical-align:top}td:first-child{white-space:nowrap}i{color:var(--soft);font-size:.85em}tr:target{background:var(--line)}
main{padding-bottom:5rem}`;
