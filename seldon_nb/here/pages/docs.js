"use strict";

/* Shows one endpoint in Swagger UI.  The link is …/docs#<namespace>/<name>[/<model>]/<token>: the fragment never leaves the browser, the
   token is taken out of the address bar at once and kept in this function only, not in any storage. */
(function () {
  const WORDS = {
    en: {
      loading: "Reading the description of the endpoint…",
      ready: (who, until) => `You ask as ${who}. This page can ask until ${until}; for longer, open a new link.`,
      bare: "This page needs the link that dep.docs_url gives in your notebook: it carries a token for one endpoint and ten minutes. If you reloaded the page, open the link again.",
      ended: "The token of this link has ended or is not accepted. Make a new link with dep.docs_url in your notebook.",
      denied: "This token does not open this endpoint. Its owner can name you as a caller; dep.docs_url gives a link of your own.",
      stopped: "The endpoint does not answer at the moment. seldon-nb list shows its state.",
      strange: (status) => `The endpoint answered ${status} when asked for its description. seldon-nb list shows its state.`,
      nobody: "Nobody answers at this address. seldon-nb here up starts the place again.",
    },
    fr: {
      loading: "Lecture de la description du point d’accès…",
      ready: (who, until) => `Vous interrogez en tant que ${who}. Cette page peut interroger jusqu’à ${until} ; ensuite, ouvrez un nouveau lien.`,
      bare: "Cette page a besoin du lien que donne dep.docs_url dans votre carnet : il porte un jeton valable dix minutes pour un seul point d’accès. Si vous avez rechargé la page, ouvrez de nouveau le lien.",
      ended: "Le jeton de ce lien a expiré ou n’est pas accepté. Créez un nouveau lien avec dep.docs_url dans votre carnet.",
      denied: "Ce jeton n’ouvre pas ce point d’accès. La personne qui l’a déployé peut vous nommer parmi les appelants ; dep.docs_url donne votre propre lien.",
      stopped: "Le point d’accès ne répond pas pour le moment. seldon-nb list montre son état.",
      strange: (status) => `Le point d’accès a répondu ${status} à la demande de sa description. seldon-nb list montre son état.`,
      nobody: "Personne ne répond à cette adresse. seldon-nb here up redémarre l’environnement.",
    },
  };
  const language = (navigator.language || "en").toLowerCase().startsWith("fr") ? "fr" : "en";
  const words = WORDS[language];
  const title = document.getElementById("title");
  const status = document.getElementById("status");
  document.documentElement.lang = language;

  function say(text, bad) {
    status.textContent = text;
    status.className = bad ? "bad" : "";
  }

  const parts = decodeURIComponent(location.hash.slice(1)).split("/");
  history.replaceState(null, "", location.pathname);
  window.addEventListener("hashchange", () => location.reload()); // another link, opened in the same tab
  const token = parts.length > 2 ? parts.pop() : "";
  const [namespace, name, model = name] = parts;
  const isLabel = (text) => /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text || "");
  if (![namespace, name, model].every(isLabel) || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    say(words.bare, true);
    return;
  }

  const base = new URL(`seldon/${namespace}/${name}`, document.baseURI).href;
  const root = `/v2/models/${model}`;
  const allowed = [`${root}/infer`, root, `${root}/ready`];
  const withToken = { headers: { Authorization: `Bearer ${token}` }, cache: "no-store", credentials: "omit" };
  title.textContent = `${namespace}/${name}`;
  document.title = `${namespace}/${name} · seldon_nb`;
  say(words.loading);

  function claims() {
    try {
      return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    } catch (error) {
      return {};
    }
  }

  /* One row of the right names and types, so that "Execute" works at once. */
  function exampleOf(metadata) {
    const value = (type) => (type === "BYTES" ? "" : type === "BOOL" ? false : 0);
    const inputs = (metadata.inputs || []).map((input) => {
      const shape = (input.shape || [1]).map((size) => (size > 0 ? size : 1));
      const count = shape.reduce((product, size) => product * size, 1);
      const known = input.parameters && input.parameters.content_type;
      return {
        name: input.name,
        shape,
        datatype: input.datatype,
        ...(known ? { parameters: { content_type: known } } : {}),
        data: Array(Math.min(count, 1000)).fill(value(input.datatype)),
      };
    });
    const known = metadata.parameters && metadata.parameters.content_type;
    return { ...(known ? { parameters: { content_type: known } } : {}), inputs };
  }

  /* What the gateway lets through, each once, the question first. */
  function narrowed(spec, metadata) {
    const paths = {};
    for (const path of allowed) {
      for (const [method, operation] of Object.entries((spec.paths && spec.paths[path]) || {})) {
        if (method === "get" || method === "post") {
          paths[path] = { [method]: { ...operation, tags: [`${namespace}/${name}`] } };
        }
      }
    }
    const infer = paths[`${root}/infer`];
    const content = infer && infer.post && infer.post.requestBody && infer.post.requestBody.content;
    if (content && content["application/json"] && (metadata.inputs || []).length) {
      content["application/json"].example = exampleOf(metadata);
    }
    const { title: heading = model, version = "2.0", description = "" } = spec.info || {};
    return { openapi: spec.openapi, info: { title: heading, version, description }, servers: [{ url: base }], paths, components: spec.components };
  }

  function show(spec) {
    SwaggerUIBundle({
      spec,
      domNode: document.getElementById("page"),
      presets: [SwaggerUIBundle.presets.apis],
      layout: "BaseLayout",
      deepLinking: false,
      validatorUrl: null,
      tryItOutEnabled: true,
      docExpansion: "list",
      defaultModelsExpandDepth: -1,
      showMutatedRequest: false, // the shell line it shows must not hold the token
      requestInterceptor: (request) => {
        if (request.url.startsWith(`${base}/`)) {
          request.headers.Authorization = `Bearer ${token}`;
        }
        return request;
      },
    });
    const { sub = "?", exp = 0 } = claims();
    say(words.ready(sub, new Date(exp * 1000).toLocaleTimeString(language)));
  }

  async function start() {
    let answer, metadata;
    try {
      answer = await fetch(`${base}${root}/docs/dataplane.json`, withToken);
      metadata = answer.ok ? await fetch(`${base}${root}`, withToken) : null;
    } catch (error) {
      say(words.nobody, true);
      return;
    }
    if (!answer.ok) {
      const known = { 401: words.ended, 403: words.denied, 503: words.stopped };
      say(known[answer.status] || words.strange(answer.status), true);
      return;
    }
    show(narrowed(await answer.json(), metadata && metadata.ok ? await metadata.json() : {}));
  }

  start();
})();
