// The paper of a job: as a picture in an <img>, where no script of it could run, and as text for reading and copying.
import { file, part, text } from "../api.js";
import { Component, html } from "../html.js";
import { t } from "../i18n.js";
import { Empty, Panel } from "../parts.js";

export class Receipt extends Component {
  constructor(props) {
    super(props);
    this.state = { picture: null, words: null, problem: null };
  }

  componentDidMount() {
    this.read();
  }

  componentWillUnmount() {
    this.gone = true;
    if (this.state.picture) URL.revokeObjectURL(this.state.picture);
  }

  async read() {
    const { job, copy } = this.props;
    const address = `/jobs/${part(job.id)}/receipt?${copy ? `copy=${copy}&` : ""}format=`;
    try {
      const [{ blob }, words] = await Promise.all([file("GET", `${address}svg`), text(`${address}text`)]);
      if (!this.gone) this.setState({ picture: URL.createObjectURL(blob), words });
    } catch (problem) {
      if (!this.gone) this.setState({ problem });
    }
  }

  render({ job, copy, title, notes = [] }, { picture, words, problem }) {
    return html`
      <${Panel} title=${title} id=${copy ? `paper-${copy}` : "paper"} kind="paper">
        ${notes.map((note) => html`<p class="muted" key=${note}>${note}</p>`)}
        ${!problem && words === null && html`<p class="empty" aria-busy="true">${t("Reading …")}</p>`}
        ${problem && html`<${Empty}>${problem.message}<//>`}
        ${picture && html`<img src=${picture} alt=${t("The paper of job {id}; its text is below.", { id: job.id })} />`}
        ${words !== null &&
        html`<details>
          <summary>${t("As text")}</summary>
          <pre tabindex="0">${words}</pre>
        </details>`}
      <//>
    `;
  }
}
