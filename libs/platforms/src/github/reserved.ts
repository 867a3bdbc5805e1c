/** First parts of paths of github.com that are the site's own and never somebody's name, as far as a second part can follow them. */
export const reservedNames: ReadonlySet<string> = new Set(
  (
    'about account advisories apps blog business codespaces collections contact copilot customer-stories dashboard discussions ' +
    'edu education enterprise enterprises events explore features gist github-copilot issues join login logout marketplace ' +
    'mobile models new nonprofit notifications open-source organizations orgs pricing projects pulls readme repos resources ' +
    'search security sessions settings signup site solutions sponsors stars stories team teams topics trending user users ' +
    'watching why-github wiki'
  ).split(' '),
);
