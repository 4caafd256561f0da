/** How the platforms look: their colours, sizes and spacing, by eye; no font, picture or rule is fetched from anywhere. */
const PAGE = `
*{box-sizing:border-box}
body{margin:0;font:14px/1.45 system-ui,"Liberation Sans",Arial,sans-serif;background:#e9eaed;color:#222}
main{padding:16px 24px 80px}
h1{font-size:22px;margin:8px 0}
h2{font-size:17px;margin:32px 0 8px;border-bottom:1px solid #bbb}
nav{columns:4 220px;font-size:13px}
nav a{display:block;color:#1264a3;text-decoration:none}
nav b{display:block;margin-top:6px}
article{margin:20px 0;display:inline-block;padding:4px}
article>h3{font-size:14px;margin:0 0 6px}
article>p{font-size:12px;margin:6px 0 0;color:#555;max-width:1200px}
.frames{display:flex;gap:14px;align-items:flex-start}
.frame{border-radius:8px;overflow:hidden;box-shadow:0 1px 3px #0003;flex:none}
.desktop{width:700px}
.phone{width:360px}
pre,code{font-family:Menlo,Monaco,Consolas,"DejaVu Sans Mono",monospace}
.mark{font-size:12px;opacity:.75;margin-bottom:4px}
.who{display:flex;gap:6px;align-items:baseline}
.avatar{flex:none;background:#0f766e;color:#fff;font-weight:700;display:flex;align-items:center;justify-content:center}
.message{display:flex}
.message>.body{min-width:0;flex:1}
`;

const SLACK = `
.frame{background:#fff;color:#1d1c1d;font:15px/1.46668 "Slack-Lato",Lato,"Liberation Sans",Arial,sans-serif;
 --soft:#616061;--line:#ddd;--codebg:#f8f8f8;--code:#e01e5a;--link:#1264a3;--press:#fff;--pressline:#1d1c1d4d;--green:#007a5a;--red:#e01e5a;--mention:#f2c74466}
.frame.dark{background:#1a1d21;color:#d1d2d3;--soft:#ababad;--line:#ffffff22;--codebg:#232529;--code:#e8912d;--link:#1d9bd1;--press:#222529;--pressline:#7975739c;--mention:#f2c74433}
.message{padding:8px 20px;gap:8px}
.phone .message{padding:8px 12px}
.home.message{padding:16px 24px}
.avatar{width:36px;height:36px;border-radius:4px;font-size:18px}
.who b{font-weight:900}
.who i{font:700 10px/14px inherit;font-style:normal;background:var(--line);color:var(--soft);border-radius:2px;padding:0 3px}
.who time{font-size:12px;color:var(--soft)}
.header{font-size:18px;line-height:1.33;font-weight:900;margin:8px 0 4px}
.phone .header{font-size:17px}
.section{margin:6px 0;overflow-wrap:anywhere}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px;margin:8px 0}
.phone .fields{grid-template-columns:1fr}
.context{font-size:13px;line-height:1.4;color:var(--soft);margin:4px 0;overflow-wrap:anywhere}
hr{border:0;border-top:1px solid var(--line);margin:12px 0}
pre{font-size:12px;line-height:1.5;background:var(--codebg);border:1px solid var(--line);border-radius:4px;padding:8px;margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere;color:inherit}
code{font-size:12px;background:var(--codebg);border:1px solid var(--line);border-radius:3px;padding:2px 3px 1px;color:var(--code)}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.button{font-size:13px;font-weight:700;line-height:26px;padding:0 10px;border-radius:4px;border:1px solid var(--pressline);background:var(--press)}
.phone .button{line-height:34px;font-size:15px}
.button.primary{background:var(--green);border-color:var(--green);color:#fff}
.button.danger{background:var(--red);border-color:var(--red);color:#fff}
.mention{background:var(--mention);color:var(--link);border-radius:3px;padding:0 2px}
.link{color:var(--link)}
`;

const DISCORD = `
.frame{background:#313338;color:#dbdee1;font:16px/1.375 "gg sans","Noto Sans","Liberation Sans",Arial,sans-serif}
.message{padding:10px 16px;gap:16px}
.phone .message{padding:8px 12px;gap:12px}
.avatar{width:40px;height:40px;border-radius:50%;font-size:19px}
.who b{color:#f2f3f5;font-weight:600}
.who i{font:600 10px/15px inherit;font-style:normal;background:#5865f2;color:#fff;border-radius:4px;padding:0 4px}
.who time{font-size:12px;color:#949ba4}
.content{overflow-wrap:anywhere}
.embed{background:#2b2d31;border-left:4px solid;border-radius:4px;padding:10px 16px 14px 12px;margin-top:4px;max-width:516px}
.title{font-weight:600;color:#f2f3f5;margin-bottom:6px;overflow-wrap:anywhere}
.description{font-size:14px;line-height:18px}
.line{overflow-wrap:anywhere;min-height:18px}
.small{font-size:12px;color:#949ba4;line-height:16px;min-height:16px}
pre{font-size:12px;line-height:17px;background:#1e1f22;border:1px solid #1e1f22;border-radius:4px;padding:7px;margin:6px 0;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-size:85%;background:#1e1f22;border-radius:4px;padding:1px 3px}
.row{display:flex;flex-wrap:wrap;gap:8px;margin-top:8px}
.button{font-size:14px;font-weight:500;line-height:32px;padding:0 16px;border-radius:4px;color:#fff;background:#4e5058}
.button.primary{background:#5865f2}
.button.danger{background:#da373c}
.mention{background:#5865f24d;color:#c9cdfb;border-radius:3px;padding:0 2px}
.time{background:#ffffff12;border-radius:3px;padding:0 2px}
.link{color:#00a8fc}
`;

export function styleOf(platform: 'slack' | 'discord'): string {
  return PAGE + (platform === 'slack' ? SLACK : DISCORD);
}
