// Streamlit's own words in French. Text written by the pages is left alone: only Streamlit's chrome is translated.
(() => {
  "use strict";
  // Calendars, list announcements and « localized » numbers follow the browser's language: French for everyone.
  for (const [nom, valeur] of [["language", "fr-FR"], ["languages", ["fr-FR", "fr"]]])
    Object.defineProperty(Navigator.prototype, nom, { get: () => valeur, configurable: true });

  const MOTS = {
    "Skip to main content": "Aller au contenu principal",
    "Main menu": "Menu principal",
    "App pages": "Pages du tableau de bord",
    Sidebar: "Menu et profil",
    "Expand sidebar": "Ouvrir le menu",
    "Collapse sidebar": "Fermer le menu",
    "Open sidebar": "Ouvrir le menu",
    "Close sidebar": "Fermer le menu",
    "Navigate to home page": "Aller à l'accueil",
    Logo: "Contrat de ville",
    Notifications: "Notifications",
    Open: "Ouvrir",
    Close: "Fermer",
    Cancel: "Annuler",
    Copy: "Copier",
    Copied: "Copié",
    "Copy to clipboard": "Copier",
    "Copy column name": "Copier le nom de la colonne",
    Print: "Imprimer",
    Rerun: "Actualiser",
    Settings: "Réglages",
    About: "À propos",
    Theme: "Apparence",
    System: "Selon l'appareil",
    Light: "Clair",
    Dark: "Sombre",
    "Get help": "Aide",
    "Report a bug": "Signaler une erreur",
    "Record a screencast": "Enregistrer l'écran",
    "Running...": "Calcul en cours…",
    "Stop script": "Arrêter le calcul",
    Stop: "Arrêter",
    "Record screen": "Enregistrer l'écran",
    "Copy version to clipboard": "Copier le numéro de version",
    Help: "Explication",
    Fullscreen: "Plein écran",
    "Toggle fullscreen": "Plein écran",
    "Close fullscreen": "Quitter le plein écran",
    "Download as CSV": "Télécharger en CSV",
    "Download as PNG": "Télécharger l'image",
    "Show data": "Voir les données",
    "Show chart": "Voir le graphique",
    Search: "Rechercher",
    "Close Search": "Fermer la recherche",
    "Previous Result": "Résultat précédent",
    "Next Result": "Résultat suivant",
    "Show/hide columns": "Afficher ou masquer des colonnes",
    "Dataframe column menu": "Menu de la colonne",
    "Sort ascending": "Trier par ordre croissant",
    "Sort descending": "Trier par ordre décroissant",
    "Pin column": "Figer la colonne",
    "Unpin column": "Libérer la colonne",
    "Hide column": "Masquer la colonne",
    Autosize: "Ajuster la largeur",
    Format: "Format",
    "Select all": "Tout choisir",
    "Select rows": "Choisir des lignes",
    "Clear all": "Tout effacer",
    "Clear value": "Effacer",
    "Clear selection": "Effacer la sélection",
    "Clear entry": "Effacer",
    "Selected values": "Choix retenus",
    "Select...": "Choisir…",
    "Choose options": "Choisir",
    "Choose an option": "Choisir",
    "Choose or add options": "Choisir ou ajouter",
    "Add options": "Ajouter",
    "Selectbox options": "Liste de choix",
    "Multiselect options": "Liste de choix",
    "No options to select": "Aucun choix possible",
    "No options to select.": "Aucun choix possible.",
    "No options": "Aucun choix possible",
    "No results": "Aucun résultat",
    "No data": "Aucune donnée",
    "No content": "Rien à afficher",
    "All selected options have been cleared.": "Tous les choix sont effacés.",
    "press left to focus selected values": "flèche gauche pour atteindre les choix retenus",
    "(required)": "(obligatoire)",
    "(optional)": "(facultatif)",
    Empty: "Vide",
    Increment: "Augmenter",
    Decrement: "Diminuer",
    Pagination: "Pages",
    "Previous page": "Page précédente",
    "Next page": "Page suivante",
    "Previous month": "Mois précédent",
    "Next month": "Mois suivant",
    "Choose date": "Choisir une date",
    "Choose date range": "Choisir des dates",
    "Clear date": "Effacer la date",
    "Clear dates": "Effacer les dates",
    "Scroll tabs left": "Onglets précédents",
    "Scroll tabs right": "Onglets suivants",
    "Link to heading": "Lien vers ce titre",
    "View less": "Afficher moins",
    Upload: "Choisir un fichier",
    "Browse files": "Choisir un fichier",
    "Add files": "Ajouter des fichiers",
    "Drag and drop a file here": "Déposez un fichier ici",
    "Drag and drop file here": "Déposez un fichier ici",
    "Drag and drop files here": "Déposez des fichiers ici",
    "Error uploading file": "L'envoi du fichier a échoué",
    "Click to retry upload": "Cliquez pour recommencer l'envoi",
    "Connection error": "Connexion interrompue",
    Connecting: "Connexion…",
    "Connection timed out.": "Le serveur ne répond pas.",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "Le tableau de bord est-il arrêté ? Relancez-le :",
    "Is Streamlit still running?": "Le tableau de bord est-il arrêté ?",
    "Script execution error": "Erreur d'exécution",
    "Page not found": "Page introuvable",
    "An error has occurred, please try again.": "Une erreur est survenue, réessayez.",
    "Try again": "Réessayer",
    Map: "Carte",
    "Zoom in": "Agrandir",
    "Zoom out": "Réduire",
  };
  const MOTIFS = [
    [/^Made with Streamlit(.*)$/s, "Réalisé avec Streamlit$1"],
    [/^Help for (.+)$/s, "Explication : $1"],
    [/^Remove (.+)$/s, "Retirer $1"],
    [/^Delete (.+)$/s, "Retirer $1"],
    [/^Clear (.+)$/s, "Effacer $1"],
    [/^Select (\d+) match(?:es)?$/, "Choisir les $1 résultats"],
    [/^Selected (.+)\. (.+)\. Choose an option\.?$/s, "$2 : $1"],
    [/^(.+) selected$/s, "$1 choisi"],
    [/^View (\d+) more$/, "Voir $1 de plus"],
    [/^Press Enter to apply$/, "Entrée pour valider"],
    [/^Press Enter to submit form$/, "Entrée pour envoyer"],
    [/^Limit (.+) per file(.*)$/s, "$1 au plus par fichier$2"],
    [/^(\d+(?:\.\d+)?)\s?MB per file(.*)$/s, "$1 Mo au plus par fichier$2"],
    [/^File must be (.+) or smaller\.$/, "Le fichier doit faire $1 au plus."],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/, "$1 choix au plus : retirez-en un."],
    [/^The page that you have requested does not seem to exist\..*$/s, "Cette page n'existe pas : voici l'accueil."],
    [/^You do not have access to this page or it does not exist\..*$/s, "Cette page n'existe pas : voici l'accueil."],
  ];
  const ATTRIBUTS = ["aria-label", "title", "placeholder", "alt", "aria-roledescription"];
  // What the pages write themselves: never touched.
  const CONTENU = '[data-testid="stMarkdownContainer"], [data-testid="stTable"], [data-testid="stSidebarNavLink"], ' +
    '[role="option"], [data-baseweb="tag"], .js-plotly-plot, iframe, script, style';

  // Streamlit's own buttons, though their words stand in a Markdown container.
  const BOUTONS = '[data-testid="stFileUploaderDropzone"]';

  const traduire = (texte) => {
    const net = texte.trim();
    if (!net) return null;
    if (Object.hasOwn(MOTS, net)) return texte.replace(net, MOTS[net]);
    // Buttons of a table carry its name: "Search: Journal".
    const [, debut, suite] = /^([^:]+): (.+)$/s.exec(net) || [];
    if (debut && Object.hasOwn(MOTS, debut)) return texte.replace(net, `${MOTS[debut]} : ${suite}`);
    for (const [motif, francais] of MOTIFS) if (motif.test(net)) return texte.replace(net, net.replace(motif, francais));
    return null;
  };
  const attributs = (element) => {
    for (const nom of ATTRIBUTS) {
      const valeur = element.getAttribute(nom);
      const francais = valeur && traduire(valeur);
      if (francais && francais !== valeur) element.setAttribute(nom, francais);
    }
  };
  const texte = (noeud) => {
    const parent = noeud.parentElement;
    if (!parent || (parent.closest(CONTENU) && !parent.closest(BOUTONS))) return;
    const francais = traduire(noeud.data);
    if (francais && francais !== noeud.data) noeud.data = francais;
  };
  // Streamlit nests its menu as ul > div > li, which is no list: each section becomes a named group of links.
  const MENU = '[data-testid="stSidebarNavItems"]';
  const structurer = (racine) => {
    const menu = racine.closest(MENU) || racine.querySelector(MENU);
    if (!menu) return;
    menu.setAttribute("role", "none");
    for (const section of menu.querySelectorAll(":scope > div")) {
      section.setAttribute("role", "group");
      section.setAttribute("aria-label", section.querySelector("header")?.innerText.trim() || "Pages");
    }
    for (const li of menu.querySelectorAll("li")) li.setAttribute("role", "none");
  };
  // A table wider than the screen scrolls: the keyboard must be able to reach it (and only then).
  const largeurs = new ResizeObserver((mesures) => {
    for (const { target } of mesures) {
      if (target.scrollWidth > target.clientWidth + 1) {
        target.tabIndex = 0;
        target.setAttribute("role", "region");
        target.setAttribute("aria-label", `${target.querySelector("table")?.ariaLabel || "Tableau"} (défilement horizontal)`);
      } else for (const nom of ["tabindex", "role", "aria-label"]) target.removeAttribute(nom);
    }
  });
  const TABLES = '[data-testid="stTable"] > div';
  const surveiller = (racine) => {
    if (racine.matches(TABLES)) largeurs.observe(racine);
    racine.querySelectorAll(TABLES).forEach((t) => largeurs.observe(t));
  };
  const parcourir = (racine) => {
    if (racine.nodeType === Node.TEXT_NODE) return texte(racine);
    if (racine.nodeType !== Node.ELEMENT_NODE) return;
    attributs(racine);
    structurer(racine);
    surveiller(racine);
    const marche = document.createTreeWalker(racine, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let n = marche.nextNode(); n; n = marche.nextNode()) n.nodeType === Node.TEXT_NODE ? texte(n) : attributs(n);
  };
  const observer = new MutationObserver((changements) => {
    for (const c of changements) {
      if (c.type === "childList") c.addedNodes.forEach(parcourir);
      else if (c.type === "characterData") texte(c.target);
      else attributs(c.target);
    }
  });
  const demarrer = () => {
    parcourir(document.body);
    observer.observe(document.body, {
      subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTS,
    });
  };
  // Charts and maps take their width from the screen: the page is laid out on the width of the paper, then printed.
  const imprimer = () => {
    document.documentElement.classList.add("papier");
    setTimeout(() => {
      window.print();
      document.documentElement.classList.remove("papier");
    }, 900);
  };
  document.addEventListener("click", (e) => e.target.closest?.(".st-key-imprimer button") && imprimer());
  document.addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== "p") return;
    e.preventDefault();
    imprimer();
  });
  document.body ? demarrer() : document.addEventListener("DOMContentLoaded", demarrer);
})();
